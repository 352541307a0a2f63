/** Quotas in a database: {@link dev.ratelimit.jdbc.JdbcQuotaStore}. */
@NullMarked
package dev.ratelimit.jdbc;

import org.jspecify.annotations.NullMarked;
