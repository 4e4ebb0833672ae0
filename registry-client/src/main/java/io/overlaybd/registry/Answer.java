package io.overlaybd.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.overlaybd.registry.manifest.Json;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import okhttp3.Call;
import okhttp3.Challenge;
import okhttp3.HttpUrl;
import okhttp3.Response;
import okio.BufferedSource;

/**
 * An answer whose body was not read yet. Closing it early never drains a large body: the connection is given up instead,
 * which costs less than the bytes would. Thread-confined.
 */
final class Answer implements Closeable {

    private static final long WORTH_DRAINING_BYTES = 16 * 1024;
    private static final int ERROR_BODY_BYTES = 8 * 1024;
    private static final Pattern ERROR_CODE = Pattern.compile("[A-Z][A-Z_]{0,40}");
    private static final ObjectMapper JSON = Json.mapper();

    private final Call call;
    private final Response response;
    private final HttpUrl asked;
    private final Operations operations;
    private boolean isRead;

    /**
     * Wraps what a call brought.
     *
     * @param asked what the caller asked for, before redirects
     * @param operations with which the call is registered until this is closed
     */
    Answer(Call call, Response response, HttpUrl asked, Operations operations) {
        this.call = call;
        this.response = response;
        this.asked = asked;
        this.operations = operations;
        this.isRead = response.request().method().equals("HEAD");
    }

    int status() {
        return response.code();
    }

    /** The last value of a header, null if there is none. */
    String header(String name) {
        return response.header(name);
    }

    /** Where it came from, after redirects. */
    HttpUrl url() {
        return response.request().url();
    }

    /** Whether another host, port or scheme answered than was asked. */
    boolean isRedirected() {
        return !Origins.same(asked, url());
    }

    /** Whether the registry itself wants (other) credentials. */
    boolean isChallenge() {
        return !isRedirected() && (status() == 401 || status() == 403 && header("WWW-Authenticate") != null);
    }

    List<Challenge> challenges() {
        // The library parses them for a 401 only; some registries send them with a 403.
        return response.newBuilder().code(401).build().challenges();
    }

    /** Length of the body in bytes, -1 if it is not said. */
    long bodyLengthBytes() {
        return response.body().contentLength();
    }

    BufferedSource body() {
        return response.body().source();
    }

    /** The whole body, refused where it is longer than {@code maxBytes}. */
    byte[] readBody(int maxBytes) throws IOException {
        if (body().request(maxBytes + 1L)) {
            throw FailedAttempt.last(
                    RegistryException.Kind.PROTOCOL, status(), "an answer of more than " + maxBytes + " bytes");
        }
        long expected = bodyLengthBytes();
        byte[] bytes = body().readByteArray();
        if (expected >= 0 && bytes.length != expected) {
            throw FailedAttempt.cut(bytes.length, expected, null);
        }
        markRead();
        return bytes;
    }

    /**
     * The registry's own names for its errors, as {@code " (BLOB_UNKNOWN)"}. Only these: the free text of an answer may
     * repeat what was sent.
     */
    String errorCodes() {
        List<String> codes = new ArrayList<>();
        try {
            body().request(ERROR_BODY_BYTES);
            byte[] head = body().getBuffer()
                    .snapshot(
                            (int) Math.min(ERROR_BODY_BYTES, body().getBuffer().size()))
                    .toByteArray();
            for (JsonNode error : JSON.readTree(head).path("errors")) {
                String code = error.path("code").asText();
                if (codes.size() < 3 && ERROR_CODE.matcher(code).matches()) {
                    codes.add(code);
                }
            }
        } catch (IOException notTheUsualBody) {
            return "";
        }
        return codes.isEmpty() ? "" : " (" + String.join(", ", codes) + ")";
    }

    /** Says that the body was read to its end, so that the connection can be kept. */
    void markRead() {
        isRead = true;
    }

    @Override
    public void close() {
        long length = bodyLengthBytes();
        if (!isRead && (length < 0 || length > WORTH_DRAINING_BYTES)) {
            call.cancel();
        }
        response.close();
        operations.done(call);
    }
}
