import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Two java.util.logging records, one with a stack trace, then an uncaught exception with causes and suppressed ones. */
public class JavaCrash {
    private static final Logger LOG = Logger.getLogger("com.example.shop.Settlement");

    static class SettlementException extends RuntimeException {
        SettlementException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    static class Feed implements AutoCloseable {
        int amount(String text) throws IOException {
            try {
                return Integer.parseInt(text);
            } catch (NumberFormatException e) {
                throw new IOException("bad amount in line 3", e);
            }
        }

        @Override
        public void close() throws IOException {
            throw new IOException("feed already closed");
        }
    }

    static int settle(String amount) {
        try (Feed feed = new Feed()) {
            return feed.amount(amount);
        } catch (IOException e) {
            throw new SettlementException("settlement of 2026-11-23 failed", e);
        }
    }

    public static void main(String[] args) {
        LOG.info("settlement starts");
        try {
            settle("12,50");
        } catch (SettlementException e) {
            LOG.log(Level.SEVERE, "first try failed", e);
        }
        LOG.warning("trying once more");
        settle("n/a");
    }
}
