package io.overlaybd.registry.credential;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.regex.Pattern;

/**
 * What a credential server says.
 *
 * <pre>
 * { "traceId": T, "success": true, "data": { "auths": { as in a credential file } } }
 * </pre>
 *
 * Helpers that it names are not run. Messages tell the trace, by which the server's own log can be searched, and nothing else
 * of it.
 */
final class ServerAnswer {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern TRACE = Pattern.compile("[A-Za-z0-9_.:-]{1,80}");

    private final String server;
    private String trace = "";
    private boolean success;
    private CredentialTable data;

    private ServerAnswer(String server) {
        this.server = server;
    }

    /** The entries of an answer. */
    static CredentialTable parse(String server, byte[] json) throws IOException {
        ServerAnswer answer = new ServerAnswer(server);
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException(server + ": expected a JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                answer.readMember(parser);
            }
        } catch (JsonProcessingException e) {
            throw CredentialReader.notJson(server, e);
        }
        return answer.entries();
    }

    private void readMember(JsonParser parser) throws IOException {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (name.equals("success")) {
            success |= value == JsonToken.VALUE_TRUE;
        } else if (name.equals("traceId") && value == JsonToken.VALUE_STRING) {
            trace = TRACE.matcher(parser.getText()).matches() ? " (traceId " + parser.getText() + ")" : "";
        } else if (name.equals("data") && value == JsonToken.START_OBJECT && data == null) {
            data = CredentialReader.parseObject(server, parser);
            return;
        }
        parser.skipChildren();
    }

    private CredentialTable entries() throws IOException {
        if (!success) {
            throw new IOException(server + ": the server says that it did not succeed" + trace);
        }
        if (data == null) {
            throw new IOException(server + ": expected an object data in its answer, found none" + trace);
        }
        return data;
    }
}
