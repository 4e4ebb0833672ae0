package io.overlaybd.registry.credential;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** One request to a credential server, and its answer. Messages hold neither of them. Thread-safe. */
final class ServerQuestion {

    private static final int MAX_ANSWER_BYTES = 1 << 20;

    private final String name;
    private final HttpUrl url;
    private final OkHttpClient http;

    ServerQuestion(String name, HttpUrl url, OkHttpClient http) {
        this.name = name;
        this.url = url;
        this.http = http;
    }

    Credentials ask(CredentialQuery query) throws IOException {
        byte[] body;
        try (Response response = http.newCall(request(query)).execute()) {
            if (response.code() != 200) {
                throw new IOException(name + ": expected HTTP 200, found " + response.code());
            }
            if (response.body().source().request(MAX_ANSWER_BYTES + 1L)) {
                throw new IOException(name + ": an answer of more than " + MAX_ANSWER_BYTES + " bytes");
            }
            body = response.body().source().readByteArray();
        } catch (InterruptedIOException | ConnectException | UnknownHostException | SSLException e) {
            throw new IOException(name + ": " + describe(e), e);
        }
        return ServerAnswer.parse(name, body).find(query.host(), query.repository());
    }

    private String describe(IOException e) {
        if (e instanceof InterruptedIOException) {
            return "no answer within " + http.callTimeoutMillis() + " ms";
        }
        if (e instanceof UnknownHostException) {
            return "the host name cannot be resolved";
        }
        return e instanceof SSLException
                ? "its certificate or the handshake is refused: " + e.getMessage()
                : "cannot be reached: " + e.getMessage();
    }

    /** The parameter as the original's servers expect it: {@code :} and {@code /} stand for themselves in a query. */
    private Request request(CredentialQuery query) {
        String before = url.encodedQuery() == null ? "" : url.encodedQuery() + "&";
        HttpUrl asked = url.newBuilder()
                .username("")
                .password("")
                .encodedQuery(before + "remote_url=" + query.url())
                .build();
        Request.Builder request = new Request.Builder().url(asked).header("Accept", "application/json");
        if (!url.username().isEmpty()) {
            request.header(
                    "Authorization",
                    Credentials.password(url.username(), url.password()).basicHeader());
        }
        return request.build();
    }
}
