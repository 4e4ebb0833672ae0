package io.overlaybd.registry.credential;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The entries of a credential file, and which of them are for a repository.
 *
 * <pre>
 * { "auths": { KEY: { "auth": base64(user ":" password) } | { "username": U, "password": P }
 *                   , each optionally with "identitytoken": T
 *            , KEY: {}                                            who is known to the store only }
 * , "credHelpers": { KEY: NAME }, "credsStore": NAME              programs docker-credential-NAME }
 * KEY = [scheme "://"] host [":" port] ["/" path]
 * </pre>
 *
 * <p>A key matches the host, or the host and whole segments of the repository's name; the longest one wins, of equal ones a
 * helper, then the first. The scheme, a slash or an API version ({@code /v1}, {@code /v2}) at the end and the case of the host do
 * not count; all names of Docker Hub are one. Immutable.
 */
final class CredentialTable {

    private static final Logger LOG = LoggerFactory.getLogger(CredentialTable.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HUB = "docker.io";
    private static final String HUB_IN_STORES = "https://index.docker.io/v1/";

    /** Somebody who may know the credentials. */
    sealed interface Match {}

    /** The file itself. */
    record Known(Credentials credentials) implements Match {}

    /**
     * A program.
     *
     * @param helper its name, or its path
     * @param server what it is asked for
     */
    record Ask(String helper, String server) implements Match {}

    /** Credentials, null if there are none that can be used, and the key as it was written. */
    private record Entry(String writtenKey, Credentials credentials) {}

    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, Ask> helpers = new LinkedHashMap<>();
    private String store = "";

    private CredentialTable() {}

    /** Reads a file's text. Messages name the file and the place, never the content. */
    static CredentialTable parse(String file, byte[] json) throws IOException {
        CredentialTable table = new CredentialTable();
        try (JsonParser parser = JSON.createParser(json)) {
            expect(file, parser, parser.nextToken(), "the file");
            table.readMembers(file, parser);
            if (parser.nextToken() != null) {
                throw new IOException(file + ": expected nothing after the first value");
            }
        } catch (JsonProcessingException e) {
            throw notJson(file, e);
        }
        return table;
    }

    /** Hides the exception's own message, which quotes the text. */
    static IOException notJson(String source, JsonProcessingException e) {
        return new IOException(source + ": not JSON at " + place(e.getLocation()));
    }

    /** The same of an object whose begin was just read. */
    static CredentialTable parseObject(String source, JsonParser parser) throws IOException {
        CredentialTable table = new CredentialTable();
        table.readMembers(source, parser);
        return table;
    }

    /** Of members with the same name the first counts. */
    private void readMembers(String file, JsonParser parser) throws IOException {
        Set<String> seen = new HashSet<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("auths") && seen.add(name)) {
                expect(file, parser, value, name);
                readEntries(file, parser);
            } else if (name.equals("credHelpers") && seen.add(name)) {
                expect(file, parser, value, name);
                readHelpers(parser);
            } else if (name.equals("credsStore") && value == JsonToken.VALUE_STRING && seen.add(name)) {
                store = parser.getText();
            } else {
                parser.skipChildren();
            }
        }
    }

    private static void expect(String file, JsonParser parser, JsonToken found, String what) throws IOException {
        if (found != JsonToken.START_OBJECT) {
            throw new IOException(file + ": " + what + ": expected an object at " + place(parser.currentLocation()));
        }
    }

    private static String place(com.fasterxml.jackson.core.JsonLocation at) {
        return at == null ? "its end" : "line " + at.getLineNr() + " column " + at.getColumnNr();
    }

    private void readEntries(String file, JsonParser parser) throws IOException {
        for (int index = 0; parser.nextToken() == JsonToken.FIELD_NAME; index++) {
            String key = parser.currentName();
            parser.nextToken();
            Entry entry = new Entry(key, read(file, index, JSON.readTree(parser)));
            entries.merge(normalise(key), entry, (first, next) -> first.credentials() == null ? next : first);
        }
    }

    private void readHelpers(JsonParser parser) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            if (parser.nextToken() == JsonToken.VALUE_STRING
                    && !parser.getText().isEmpty()) {
                helpers.putIfAbsent(normalise(key), new Ask(parser.getText(), inStores(key)));
            } else {
                parser.skipChildren();
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

    /** The credentials of the longest key that matches and has any. */
    Credentials find(String host, String repository) {
        for (Match match : matches(host, repository)) {
            if (match instanceof Known known) {
                return known.credentials();
            }
        }
        return Credentials.ANONYMOUS;
    }

    /** Who may know, in the order in which to ask; the store last, unless a longer key names it. */
    List<Match> matches(String host, String repository) {
        List<Match> matches = new ArrayList<>();
        boolean isStoreAsked = store.isEmpty();
        String hostKey = alias(host.toLowerCase(Locale.ROOT));
        for (String key = hostKey + "/" + repository; ; key = key.substring(0, key.lastIndexOf('/'))) {
            Ask helper = helpers.get(key);
            if (helper != null) {
                matches.add(helper);
            }
            Entry entry = entries.get(key);
            if (entry != null && entry.credentials() != null) {
                matches.add(new Known(entry.credentials()));
            } else if (entry != null && !isStoreAsked) {
                isStoreAsked = true;
                matches.add(new Ask(store, inStores(entry.writtenKey())));
            }
            if (key.indexOf('/') < 0) {
                break;
            }
        }
        if (!isStoreAsked) {
            matches.add(new Ask(store, inStores(hostKey)));
        }
        return matches;
    }

    /** What stores call a key: as it is written, but for Docker Hub. */
    private static String inStores(String writtenKey) {
        return normalise(writtenKey).equals(HUB) ? HUB_IN_STORES : writtenKey;
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
            case "index.docker.io", "registry-1.docker.io" -> HUB;
            default -> host;
        };
    }
}
