package io.overlaybd.registry.credential;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The entries of a credential file, and which of them is for a repository.
 *
 * <pre>
 * { "auths": { KEY: { "auth": base64(user ":" password) } | { "username": U, "password": P }
 *                   , each optionally with "identitytoken": T } }
 * KEY = [scheme "://"] host [":" port] ["/" path]
 * </pre>
 *
 * <p>A key matches the host, or the host and whole segments of the repository's name; the longest one wins, and of equal
 * ones the first. The scheme, a slash or an API version ({@code /v1}, {@code /v2}) at the end and the case of the host do
 * not count; all names of Docker Hub are one. Immutable.
 */
final class CredentialTable {

    private static final Logger LOG = LoggerFactory.getLogger(CredentialTable.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, Credentials> entries;

    private CredentialTable(Map<String, Credentials> entries) {
        this.entries = entries;
    }

    /** Reads a file's text. Messages name the file and the place, never the content. */
    static CredentialTable parse(String file, byte[] json) throws IOException {
        Map<String, Credentials> entries = new LinkedHashMap<>();
        try (JsonParser parser = JSON.createParser(json)) {
            expect(file, parser, parser.nextToken(), "the file");
            boolean found = false;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equals("auths") && !found) {
                    found = true;
                    expect(file, parser, value, "auths");
                    readEntries(file, parser, entries);
                } else {
                    parser.skipChildren();
                }
            }
            if (parser.nextToken() != null) {
                throw new IOException(file + ": expected nothing after the first value");
            }
        } catch (JsonProcessingException e) {
            // Its own message quotes the text.
            throw new IOException(file + ": not JSON at " + place(e.getLocation()));
        }
        return new CredentialTable(entries);
    }

    private static void expect(String file, JsonParser parser, JsonToken found, String what) throws IOException {
        if (found != JsonToken.START_OBJECT) {
            throw new IOException(file + ": " + what + ": expected an object at " + place(parser.currentLocation()));
        }
    }

    private static String place(com.fasterxml.jackson.core.JsonLocation at) {
        return at == null ? "its end" : "line " + at.getLineNr() + " column " + at.getColumnNr();
    }

    private static void readEntries(String file, JsonParser parser, Map<String, Credentials> entries)
            throws IOException {
        for (int index = 0; parser.nextToken() == JsonToken.FIELD_NAME; index++) {
            String key = normalise(parser.currentName());
            parser.nextToken();
            Credentials credentials = read(file, index, JSON.readTree(parser));
            if (credentials != null) {
                entries.putIfAbsent(key, credentials);
            }
        }
    }

    /** An entry's credentials; null, as if it did not match, if it has none that can be used. */
    private static Credentials read(String file, int index, JsonNode entry) {
        String identityToken = entry.path("identitytoken").asText("");
        String auth = entry.path("auth").asText("");
        if (!auth.isEmpty()) {
            return decode(file, index, auth, identityToken);
        }
        if (entry.path("username").isTextual() && entry.path("password").isTextual()) {
            return new Credentials(
                    entry.path("username").asText(), entry.path("password").asText(), identityToken);
        }
        return identityToken.isEmpty() ? null : new Credentials("", "", identityToken);
    }

    private static Credentials decode(String file, int index, String auth, String identityToken) {
        try {
            String pair = new String(Base64.getDecoder().decode(auth.strip()), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            if (colon >= 0) {
                return new Credentials(pair.substring(0, colon), pair.substring(colon + 1), identityToken);
            }
        } catch (IllegalArgumentException notBase64) {
            LOG.debug("{}: auths[{}].auth is not base64", file, index);
        }
        LOG.warn("{}: auths[{}].auth is not the base64 of user:password and is skipped", file, index);
        return null;
    }

    /** The credentials of the longest key that matches. */
    Credentials find(String host, String repository) {
        for (String key = alias(host.toLowerCase(Locale.ROOT)) + "/" + repository;
                ;
                key = key.substring(0, key.lastIndexOf('/'))) {
            Credentials found = entries.get(key);
            if (found != null) {
                return found;
            }
            if (key.indexOf('/') < 0) {
                return Credentials.ANONYMOUS;
            }
        }
    }

    static String normalise(String key) {
        int scheme = key.indexOf("://");
        String rest = scheme < 0 ? key : key.substring(scheme + 3);
        while (rest.endsWith("/")) {
            rest = rest.substring(0, rest.length() - 1);
        }
        if (rest.endsWith("/v1") || rest.endsWith("/v2")) {
            rest = rest.substring(0, rest.length() - 3);
        }
        int slash = rest.indexOf('/');
        String host = (slash < 0 ? rest : rest.substring(0, slash)).toLowerCase(Locale.ROOT);
        return alias(host) + (slash < 0 ? "" : rest.substring(slash));
    }

    private static String alias(String host) {
        return switch (host) {
            case "index.docker.io", "registry-1.docker.io" -> "docker.io";
            default -> host;
        };
    }
}
