package dev.ratelimit.benchmarks;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** The statement that a store prepared last, with what it set: so that it can be sent without the store. */
final class RecordedStatement {

    private String sql = "";
    private final Map<Integer, Object> values = new ConcurrentSkipListMap<>();

    /** What a store did last with a data source. */
    static RecordedStatement of(DataSource source, Consumer<DataSource> work) {
        RecordedStatement recorded = new RecordedStatement();
        work.accept(recorded.watched(DataSource.class, source));
        BenchmarkDefaults.check(!recorded.values.isEmpty(), "the store prepared no statement");
        return recorded;
    }

    String sql() {
        return sql;
    }

    /**
     * Sends it, prepared, with its values; whether it was granted: then its last answer, after those to settings, has a
     * row.
     */
    boolean granted(PreparedStatement statement) throws SQLException {
        for (Map.Entry<Integer, Object> value : values.entrySet()) {
            set(statement, value.getKey(), value.getValue());
        }
        boolean granted = false;
        for (boolean more = statement.execute(); more; more = statement.getMoreResults()) {
            try (ResultSet rows = statement.getResultSet()) {
                granted = rows.next();
            }
        }
        return granted;
    }

    private static void set(PreparedStatement statement, int index, Object value) throws SQLException {
        if (value instanceof String text) {
            statement.setString(index, text);
        } else if (value instanceof Long number) {
            statement.setLong(index, number);
        } else {
            statement.setBoolean(index, (Boolean) value);
        }
    }

    /** The same, but that connections, and statements of these, are watched, too. */
    private <T> T watched(Class<T> type, T watched) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    Object result = invoke(watched, method, arguments);
                    if (method.getName().equals("prepareStatement")) {
                        sql = (String) arguments[0];
                        values.clear();
                        return watched(PreparedStatement.class, (PreparedStatement) result);
                    }
                    if (watched instanceof PreparedStatement
                            && method.getName().startsWith("set")
                            && arguments.length == 2) {
                        values.put((Integer) arguments[0], arguments[1]);
                    }
                    return result instanceof Connection connection ? watched(Connection.class, connection) : result;
                }));
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
