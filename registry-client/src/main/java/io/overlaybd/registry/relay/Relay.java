package io.overlaybd.registry.relay;

import java.util.Locale;
import java.util.Map;
import okhttp3.HttpUrl;

/**
 * A server that is asked for blobs before their registry is.
 *
 * <pre>
 *  PROXY    GET ADDRESS/URL                                   URL: what would be asked else, as it is, with its query
 *  MIRROR   GET ADDRESS/v2/NAME/blobs/DIGEST?ns=REGISTRY      as containerd asks its mirrors
 * </pre>
 *
 * Immutable.
 *
 * @param address {@code http(s)://host[:port][/path]}, without user, query and closing slash
 * @param registry whose blobs it has, {@code host[:port]}; {@code *} for all
 * @param forwardsCredentials whether it is shown what the registry is shown, so that it can ask there. It never is without
 *     encryption, but on this host. A mirror that does not is a registry of its own, with credentials under its own host
 * @param headers sent along with each request, by name; the values may be secrets
 */
public record Relay(
        Kind kind, String address, String registry, boolean forwardsCredentials, Map<String, String> headers) {

    /** How a relay is asked. */
    public enum Kind {
        /** By the whole URL behind its address. */
        PROXY,
        /** As a registry. */
        MIRROR
    }

    private static final String ALL = "*";

    /**
     * Checks and normalises.
     *
     * @throws IllegalArgumentException if the address is no such URL, or a header cannot be one; the message repeats neither
     */
    public Relay {
        HttpUrl url = HttpUrl.parse(address.contains("://") ? address : "http://" + address);
        if (url == null
                || url.query() != null
                || url.fragment() != null
                || !url.encodedUsername().isEmpty()
                || !url.encodedPassword().isEmpty()) {
            throw new IllegalArgumentException("expected http(s)://host[:port][/path] without user and query");
        }
        address = withoutSlash(url.toString());
        registry = hub(registry.toLowerCase(Locale.ROOT));
        headers = Map.copyOf(headers);
        headers.forEach(Relay::checkHeader);
    }

    /** A proxy for the blobs of every registry. */
    public static Relay proxy(String address) {
        return new Relay(Kind.PROXY, address, ALL, true, Map.of());
    }

    private static void checkHeader(String name, String value) {
        boolean isName = !name.isEmpty() && name.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ':');
        if (!isName || !value.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("expected headers of visible ASCII characters");
        }
    }

    private static String withoutSlash(String text) {
        return text.endsWith("/") ? withoutSlash(text.substring(0, text.length() - 1)) : text;
    }

    private static String hub(String host) {
        return switch (host) {
            case "index.docker.io", "registry-1.docker.io" -> "docker.io";
            default -> host;
        };
    }

    /** Whether it has the blobs of a registry, {@code host[:port]}. */
    public boolean serves(String registryHost) {
        return registry.equals(ALL) || registry.equals(hub(registryHost));
    }

    /** Whether the registry's credentials may be shown to it. */
    public boolean mayBeShownCredentials() {
        HttpUrl url = HttpUrl.get(address);
        String host = url.host();
        boolean isHere = host.equals("localhost") || host.equals("::1") || host.matches("127\\.\\d+\\.\\d+\\.\\d+");
        return forwardsCredentials && (url.isHttps() || isHere);
    }

    /** What a proxy is asked for instead of {@code url}. */
    public HttpUrl proxied(HttpUrl url) {
        return HttpUrl.get(address + "/" + url);
    }

    /** What is behind the address in a URL of this proxy; null if it is another URL. */
    public HttpUrl unproxied(HttpUrl url) {
        String text = url.toString();
        return text.startsWith(address + "/") ? HttpUrl.parse(text.substring(address.length() + 1)) : null;
    }

    /** What a mirror is asked for instead of {@code path}, which begins with {@code /v2/}, of a registry. */
    public HttpUrl mirrored(String path, String registryHost) {
        return HttpUrl.get(address + path)
                .newBuilder()
                .addQueryParameter("ns", hub(registryHost))
                .build();
    }

    /** Without the values of the headers. */
    @Override
    public String toString() {
        return kind + " " + address + " of " + registry + ", headers " + headers.keySet();
    }
}
