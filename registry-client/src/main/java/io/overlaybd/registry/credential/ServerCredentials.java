package io.overlaybd.registry.credential;

import io.overlaybd.registry.tls.TlsContext;
import io.overlaybd.registry.unix.UnixSocketFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;

/**
 * Credentials from a server: by HTTP, by HTTPS, or by HTTP over a Unix socket.
 *
 * <pre>
 *  GET URL?remote_url=https://host/v2/name/blobs/sha256:...      the value as it is, not encoded; &amp; if URL has a query
 * </pre>
 *
 * <p>The answer ({@link ServerAnswer}) is matched as a file is. It is kept for the repository, see {@link KeptAnswers}. User and
 * password in the URL are sent as Basic; no redirect is followed and no proxy is used. Thread-safe.
 */
public final class ServerCredentials implements CredentialProvider {

    private final String name;
    private final ServerQuestion question;
    private final KeptAnswers answers;

    private ServerCredentials(String name, HttpUrl url, OkHttpClient http, LongSupplier nanoTime) {
        this.name = name;
        this.question = new ServerQuestion(name, url, http);
        this.answers = new KeptAnswers(nanoTime);
    }

    /**
     * A server at a URL; without a scheme it is an {@code http} one.
     *
     * @param tls asked for if the URL is an {@code https} one
     * @param limit what one request may take
     * @throws IllegalArgumentException if it is no such URL; the message does not repeat it
     */
    public static ServerCredentials at(String url, Supplier<TlsContext> tls, Duration limit) {
        return at(url, tls, limit, System::nanoTime);
    }

    static ServerCredentials at(String url, Supplier<TlsContext> tls, Duration limit, LongSupplier nanoTime) {
        HttpUrl parsed = HttpUrl.parse(url.contains("://") ? url : "http://" + url);
        if (parsed == null) {
            throw new IllegalArgumentException("expected the URL of a server, http(s)://host[:port]/path");
        }
        String shown = parsed.newBuilder()
                .username("")
                .password("")
                .query(null)
                .fragment(null)
                .build()
                .toString();
        OkHttpClient.Builder http = parsed.isHttps() ? secure(client(limit), tls.get()) : plain(client(limit));
        return new ServerCredentials(shown, parsed, http.build(), nanoTime);
    }

    private static OkHttpClient.Builder secure(OkHttpClient.Builder http, TlsContext tls) {
        http.sslSocketFactory(tls.socketFactory(), tls.trustManager());
        return tls.hostnameVerifier() == null ? http : http.hostnameVerifier(tls.hostnameVerifier());
    }

    /** Without TLS the VM's trust store is not read, which takes a while. */
    private static OkHttpClient.Builder plain(OkHttpClient.Builder http) {
        return http.connectionSpecs(List.of(ConnectionSpec.CLEARTEXT));
    }

    /** A server at a Unix socket, which is asked for {@code http://localhost/auth}. */
    public static ServerCredentials atSocket(Path socket, Duration limit) {
        return atSocket(socket, limit, System::nanoTime);
    }

    static ServerCredentials atSocket(Path socket, Duration limit, LongSupplier nanoTime) {
        OkHttpClient http = plain(client(limit))
                .socketFactory(new UnixSocketFactory(socket))
                .dns(host -> List.of(InetAddress.getLoopbackAddress()))
                // Nothing is kept open: the library would look at an idle socket by a read with a time limit, which
                // these do not have.
                .connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS))
                .build();
        return new ServerCredentials("unix socket " + socket, HttpUrl.get("http://localhost/auth"), http, nanoTime);
    }

    private static OkHttpClient.Builder client(Duration limit) {
        return new OkHttpClient.Builder()
                .protocols(List.of(Protocol.HTTP_1_1))
                .followRedirects(false)
                .followSslRedirects(false)
                .proxy(Proxy.NO_PROXY)
                .connectionPool(new ConnectionPool(1, 30, TimeUnit.SECONDS))
                .callTimeout(limit);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Credentials find(CredentialQuery query) throws IOException {
        return findOther(query, null);
    }

    @Override
    public Credentials findOther(CredentialQuery query, Credentials refused) throws IOException {
        return answers.find(query.host() + "/" + query.repository(), refused, () -> question.ask(query));
    }
}
