/**
 * Factories and builders of quota services and of stores in memory: {@link dev.ratelimit.quota.service.Quotas} and
 * {@link dev.ratelimit.quota.service.QuotaStores}.
 */
@NullMarked
package dev.ratelimit.quota.service;

import org.jspecify.annotations.NullMarked;
