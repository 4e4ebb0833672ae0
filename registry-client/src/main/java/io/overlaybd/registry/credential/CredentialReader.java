package io.overlaybd.registry.credential;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a credential file.
 *
 * <pre>
 * { "auths": { KEY: { "auth": base64(user ":" password) } | { "username": U, "password": P }
 *                   , each optionally with "identitytoken": T
 *            , KEY: {}                                            who is known to the store only }
 * , "credHelpers": { KEY: NAME }, "credsStore": NAME              programs docker-credential-NAME }
 * KEY = [scheme "://"] host [":" port] ["/" path]
 * </pre>
 *
 * Thread-confined.
 */
final class CredentialReader {

    private static final Logger LOG = LoggerFactory.getLogger(CredentialReader.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String file;
    private final Map<String, CredentialTable.Entry> entries = new LinkedHashMap<>();
    private final Map<String, CredentialTable.Ask> helpers = new LinkedHashMap<>();
    private String store = "";

    private CredentialReader(String file) {
        this.file = file;
    }

    /** Reads a file's text. Messages name the file and the place, never the content. */
    static CredentialTable parse(String file, byte[] json) throws IOException {
        CredentialReader reader = new CredentialReader(file);
        try (JsonParser parser = JSON.createParser(json)) {
            reader.expect(parser, parser.nextToken(), "the file");
            reader.readMembers(parser);
            if (parser.nextToken() != null) {
                throw new IOException(file + ": expected nothing after the first value");
            }
        } catch (JsonProcessingException e) {
            throw notJson(file, e);
        }
        return reader.table();
    }

    /** Hides the exception's own message, which quotes the text. */
    static IOException notJson(String source, JsonProcessingException e) {
        return new IOException(source + ": not JSON at " + place(e.getLocation()));
    }

    /** The same of an object whose begin was just read. */
    static CredentialTable parseObject(String source, JsonParser parser) throws IOException {
        CredentialReader reader = new CredentialReader(source);
        reader.readMembers(parser);
        return reader.table();
    }

    private CredentialTable table() {
        return new CredentialTable(entries, helpers, store);
    }

    /** Of members with the same name the first counts. */
    private void readMembers(JsonParser parser) throws IOException {
        Set<String> seen = new HashSet<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("auths") && seen.add(name)) {
                expect(parser, value, name);
                readEntries(parser);
            } else if (name.equals("credHelpers") && seen.add(name)) {
                expect(parser, value, name);
                readHelpers(parser);
            } else if (name.equals("credsStore") && value == JsonToken.VALUE_STRING && seen.add(name)) {
                store = parser.getText();
            } else {
                parser.skipChildren();
            }
        }
    }

    private void expect(JsonParser parser, JsonToken found, String what) throws IOException {
        if (found != JsonToken.START_OBJECT) {
            throw new IOException(file + ": " + what + ": expected an object at " + place(parser.currentLocation()));
        }
    }

    private static String place(JsonLocation at) {
        return at == null ? "its end" : "line " + at.getLineNr() + " column " + at.getColumnNr();
    }

    private void readEntries(JsonParser parser) throws IOException {
        for (int index = 0; parser.nextToken() == JsonToken.FIELD_NAME; index++) {
            String key = parser.currentName();
            parser.nextToken();
            CredentialTable.Entry entry = new CredentialTable.Entry(key, read(index, JSON.readTree(parser)));
            entries.merge(
                    RegistryKeys.normalise(key), entry, (first, next) -> first.credentials() == null ? next : first);
        }
    }

    private void readHelpers(JsonParser parser) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            if (parser.nextToken() == JsonToken.VALUE_STRING
                    && !parser.getText().isEmpty()) {
                helpers.putIfAbsent(
                        RegistryKeys.normalise(key),
                        new CredentialTable.Ask(parser.getText(), RegistryKeys.inStores(key)));
            } else {
                parser.skipChildren();
            }
        }
    }

    /** An entry's credentials; null, as if it did not match, if it has none that can be used. */
    private Credentials read(int index, JsonNode entry) {
        String identityToken = entry.path("identitytoken").asText("");
        String auth = entry.path("auth").asText("");
        if (!auth.isEmpty()) {
            return decode(index, auth, identityToken);
        }
        if (entry.path("username").isTextual() && entry.path("password").isTextual()) {
            return new Credentials(
                    entry.path("username").asText(), entry.path("password").asText(), identityToken);
        }
        return identityToken.isEmpty() ? null : new Credentials("", "", identityToken);
    }

    private Credentials decode(int index, String auth, String identityToken) {
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
}
