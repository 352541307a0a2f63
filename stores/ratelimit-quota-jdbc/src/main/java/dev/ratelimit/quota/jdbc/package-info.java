/** Quotas in a database: {@link dev.ratelimit.quota.jdbc.JdbcQuotaStore}. */
@NullMarked
package dev.ratelimit.quota.jdbc;

import org.jspecify.annotations.NullMarked;
