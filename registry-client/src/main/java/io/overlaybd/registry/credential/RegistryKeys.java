package io.overlaybd.registry.credential;

import java.util.Locale;

/**
 * The keys of credential files, made comparable: the scheme, a slash or an API version ({@code /v1}, {@code /v2}) at the end and the case of
 * the host do not count; all names of Docker Hub are one.
 */
final class RegistryKeys {

    private static final String HUB = "docker.io";
    private static final String HUB_IN_STORES = "https://index.docker.io/v1/";

    private RegistryKeys() {}

    /** What stores call a key: as it is written, but for Docker Hub. */
    static String inStores(String writtenKey) {
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

    /** The one name of a host, given in lower case. */
    static String alias(String host) {
        return switch (host) {
            case "index.docker.io", "registry-1.docker.io" -> HUB;
            default -> host;
        };
    }
}
