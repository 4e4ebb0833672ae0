package io.overlaybd.registry;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import okhttp3.Credentials;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.Route;

/**
 * The proxies that {@code http_proxy}, {@code https_proxy} and {@code no_proxy} name; the lower-case form wins over the
 * upper-case one. A proxy is {@code [http://][user:password@]host[:port]}. The exceptions are separated by commas: {@code *},
 * a host with all below it, a domain that begins with a dot, each with or without a port. The local host never has a proxy.
 * Immutable.
 */
public final class Proxies extends ProxySelector {

    private final HttpUrl forHttp;
    private final HttpUrl forHttps;
    private final List<String> exceptions;

    private Proxies(HttpUrl forHttp, HttpUrl forHttps, List<String> exceptions) {
        this.forHttp = forHttp;
        this.forHttps = forHttps;
        this.exceptions = exceptions;
    }

    /**
     * Reads the variables.
     *
     * @throws IllegalArgumentException if a proxy makes no sense; the message names the variable, not its value
     */
    public static Proxies ofEnvironment(Map<String, String> environment) {
        String exceptions = value(environment, "no_proxy").toLowerCase(Locale.ROOT);
        return new Proxies(
                proxy(environment, "http_proxy"),
                proxy(environment, "https_proxy"),
                List.of(exceptions.strip().split("[,\\s]+")));
    }

    private static String value(Map<String, String> environment, String name) {
        String lower = environment.getOrDefault(name, "");
        return lower.isBlank() ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "") : lower;
    }

    private static HttpUrl proxy(Map<String, String> environment, String name) {
        String value = value(environment, name).strip();
        if (value.isEmpty()) {
            return null;
        }
        HttpUrl proxy = HttpUrl.parse(value.contains("://") ? value : "http://" + value);
        if (proxy == null || proxy.isHttps()) {
            throw new IllegalArgumentException(name + ": expected [http://][user:password@]host[:port]");
        }
        return proxy;
    }

    @Override
    public List<Proxy> select(URI uri) {
        HttpUrl proxy = "https".equalsIgnoreCase(uri.getScheme()) ? forHttps : forHttp;
        if (proxy == null || isExcepted(HttpUrl.get(uri.toString()))) {
            return List.of(Proxy.NO_PROXY);
        }
        return List.of(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.host(), proxy.port())));
    }

    private boolean isExcepted(HttpUrl target) {
        String host = target.host();
        if (host.equals("localhost") || host.startsWith("127.") || host.equals("::1")) {
            return true;
        }
        return exceptions.stream().anyMatch(exception -> matches(exception, host, ":" + target.port()));
    }

    private static boolean matches(String exception, String host, String port) {
        if (exception.equals("*")) {
            return true;
        }
        String name = exception.endsWith(port) ? exception.substring(0, exception.length() - port.length()) : exception;
        String domain = name.startsWith("*.") ? name.substring(1) : name;
        if (domain.startsWith("[") && domain.endsWith("]")) {
            domain = domain.substring(1, domain.length() - 1);
        }
        return !domain.isEmpty()
                && (host.equals(domain) || host.endsWith(domain.startsWith(".") ? domain : "." + domain));
    }

    /** Shows a proxy the password from its own URL, once. */
    Request authenticate(Route route, Response response) {
        boolean tunnel = response.request().method().equals("CONNECT");
        HttpUrl proxy = tunnel || response.request().url().isHttps() ? forHttps : forHttp;
        if (proxy == null || proxy.username().isEmpty() || response.request().header("Proxy-Authorization") != null) {
            return null;
        }
        return response.request()
                .newBuilder()
                .header("Proxy-Authorization", Credentials.basic(proxy.username(), proxy.password()))
                .build();
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // The failure reaches the caller as it is.
    }
}
