package io.overlaybd.service.api;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The part of a URL behind the question mark, {@code key=value&key=value}, percent-decoded, a plus being a space. Of a key that
 * comes twice the last counts. Immutable.
 */
final class Query {

    private final Map<String, String> values = new HashMap<>();

    /**
     * Takes a query apart; null is an empty one.
     *
     * @throws IllegalArgumentException if what follows a percent sign is no number
     */
    Query(String raw) {
        for (String pair : raw == null ? new String[0] : raw.split("&")) {
            int equals = pair.indexOf('=');
            String key = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            values.put(decoded(key), decoded(value));
        }
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** The value of a key, empty if it is not there. */
    String get(String key) {
        return values.getOrDefault(key, "");
    }
}
