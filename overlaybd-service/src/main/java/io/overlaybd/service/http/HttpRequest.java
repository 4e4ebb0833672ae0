package io.overlaybd.service.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request without its header fields, none of which means anything here. Immutable.
 *
 * @param method such as {@code GET}
 * @param path percent-decoded, begins with a slash
 * @param query decoded; of a key that comes twice the last counts
 */
public record HttpRequest(String method, String path, Map<String, String> query) {

    private static final Pattern LINE = Pattern.compile("([A-Z]{1,16}) (/[!-~]*) HTTP/1\\.[0-9]");

    /** What is no request that could be answered. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedException(String problem) {
            super(problem);
        }
    }

    /** Takes the first line of a request apart. */
    static HttpRequest parse(String line) throws MalformedException {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            throw new MalformedException("expected METHOD /path HTTP/1.1");
        }
        String target = parts.group(2);
        int mark = target.indexOf('?');
        try {
            return new HttpRequest(
                    parts.group(1),
                    decoded((mark < 0 ? target : target.substring(0, mark)).replace("+", "%2B")),
                    mark < 0 ? Map.of() : query(target.substring(mark + 1)));
        } catch (IllegalArgumentException e) {
            throw new MalformedException("what follows a percent sign is no number");
        }
    }

    private static Map<String, String> query(String text) {
        Map<String, String> query = new HashMap<>();
        for (String pair : text.split("&")) {
            int equals = pair.indexOf('=');
            String key = equals < 0 ? pair : pair.substring(0, equals);
            query.put(decoded(key), equals < 0 ? "" : decoded(pair.substring(equals + 1)));
        }
        return query;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** The value of a key, empty if it is not there. */
    public String parameter(String key) {
        return query.getOrDefault(key, "");
    }
}
