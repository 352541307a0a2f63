-- H2 2.2 or later. What JdbcQuotaStore.Builder.createTables() runs; another table name takes the place of ratelimit_quota.

-- One row for each counter. Instants are milliseconds since 1970.
CREATE TABLE IF NOT EXISTS ratelimit_quota (
    counter VARCHAR(916) NOT NULL PRIMARY KEY,
    used BIGINT NOT NULL,
    expires BIGINT NOT NULL
);

CREATE INDEX IF NOT EXISTS ratelimit_quota_expires ON ratelimit_quota (expires);

-- One row for each operation that came with an id. Goes with its counter.
CREATE TABLE IF NOT EXISTS ratelimit_quota_operation (
    counter VARCHAR(916) NOT NULL,
    holder VARCHAR(36) NOT NULL,
    sequence BIGINT NOT NULL,
    granted BIGINT NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (counter, holder, sequence)
);
