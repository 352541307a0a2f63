package dev.ratelimit.examples.gateway;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/**
 * The table of the API keys that were given out, with the tier of each: {@code api_keys(api_key, tier)} in a database
 * that lives in memory, as long as this object.
 *
 * <p><b>Thread-safety.</b> All methods may be called by any number of threads; the database is asked by one at a time.
 */
public final class ApiKeyTable implements AutoCloseable {

    private static final Map<String, Tier> DEMONSTRATION = Map.of(
            "plat-atlas", Tier.PLATINUM,
            "plat-daily", Tier.PLATINUM,
            "gold-borealis", Tier.GOLD,
            "gold-amok", Tier.GOLD,
            "silver-waves", Tier.SILVER,
            "silver-shop", Tier.SILVER,
            "bronze-kiosk", Tier.BRONZE,
            "free-cirrus", Tier.OTHERS);

    private static final int MAX_QUERY_SECONDS = 1;

    private final Connection database;
    private final PreparedStatement tierOfKey;

    private ApiKeyTable() throws SQLException {
        database = DriverManager.getConnection("jdbc:h2:mem:");
        try (Statement statement = database.createStatement()) {
            statement.execute("create table api_keys (api_key varchar primary key, tier varchar not null)");
        }
        tierOfKey = database.prepareStatement("select tier from api_keys where api_key = ?");
        tierOfKey.setQueryTimeout(MAX_QUERY_SECONDS);
    }

    /** Returns the table of the demonstration. */
    public static ApiKeyTable demonstration() throws IOException {
        try {
            ApiKeyTable table = new ApiKeyTable();
            for (Map.Entry<String, Tier> entry : DEMONSTRATION.entrySet()) {
                table.put(entry.getKey(), entry.getValue().label());
            }
            return table;
        } catch (SQLException e) {
            throw new IOException("the table of API keys cannot be set up", e);
        }
    }

    /** Gives an API key a tier, or another one. */
    synchronized void put(String apiKey, String tier) throws SQLException {
        try (PreparedStatement merge = database.prepareStatement("merge into api_keys key(api_key) values (?, ?)")) {
            merge.setString(1, apiKey);
            merge.setString(2, tier);
            merge.executeUpdate();
        }
    }

    /**
     * Returns the tier of an API key; for a key that nobody was given, {@code others}.
     *
     * @throws SQLException if the database does not answer
     * @throws IllegalArgumentException if it names a tier that there is not
     */
    synchronized Tier tierOf(String apiKey) throws SQLException {
        tierOfKey.setString(1, apiKey);
        try (ResultSet found = tierOfKey.executeQuery()) {
            return found.next() ? Tier.named(found.getString(1)) : Tier.OTHERS;
        }
    }

    @Override
    public synchronized void close() throws IOException {
        try {
            database.close();
        } catch (SQLException e) {
            throw new IOException("the table of API keys cannot be closed", e);
        }
    }
}
