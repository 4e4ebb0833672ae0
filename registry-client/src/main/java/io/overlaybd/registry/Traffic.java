package io.overlaybd.registry;

import io.overlaybd.io.metrics.HistogramSnapshot;
import java.util.Locale;
import java.util.Map;

/**
 * The requests of one kind since a client was opened. Immutable.
 *
 * @param byStatus how many were answered how, every {@link Status} among the keys
 * @param answers how long answers let wait for them, up to their first byte
 */
public record Traffic(Map<Status, Long> byStatus, HistogramSnapshot answers) {

    /** What is asked for. */
    public enum Kind {
        BLOB,
        /** A blob, of somebody else than its registry. */
        RELAY,
        MANIFEST,
        UPLOAD,
        TOKEN,
        OTHER;

        /** The name in metrics. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Answers that mean the same to an operator. */
    public enum Status {
        SUCCESS("2xx"),
        REDIRECT("3xx"),
        UNAUTHORIZED("401"),
        FORBIDDEN("403"),
        NOT_FOUND("404"),
        RATE_LIMITED("429"),
        REFUSED("4xx"),
        SERVER_ERROR("5xx"),
        /** No answer at all: no connection, a broken one, or too late. */
        NONE("none");

        private final String label;

        Status(String label) {
            this.label = label;
        }

        /** The name in metrics; those of classes stand for what has no name of its own. */
        public String label() {
            return label;
        }

        static Status of(int code) {
            return switch (code) {
                case 401 -> UNAUTHORIZED;
                case 403 -> FORBIDDEN;
                case 404 -> NOT_FOUND;
                case 429 -> RATE_LIMITED;
                default -> code < 300 ? SUCCESS : code < 400 ? REDIRECT : code < 500 ? REFUSED : SERVER_ERROR;
            };
        }
    }
}
