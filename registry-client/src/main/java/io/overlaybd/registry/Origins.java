package io.overlaybd.registry;

import okhttp3.HttpUrl;

/** Where a URL points: what may share a secret, and what may be shown. */
final class Origins {

    private Origins() {}

    /** Whether two URLs have the same scheme, host and port, so that what is meant for one may be sent to the other. */
    static boolean same(HttpUrl a, HttpUrl b) {
        return a.scheme().equals(b.scheme()) && a.host().equals(b.host()) && a.port() == b.port();
    }

    /** The URL without user, password, query and fragment. */
    static String display(HttpUrl url) {
        return url.newBuilder()
                .username("")
                .password("")
                .query(null)
                .fragment(null)
                .build()
                .toString();
    }

    /** Host, and port unless it is that of the scheme; IPv6 in brackets. */
    static String host(HttpUrl url) {
        String host = url.host().indexOf(':') >= 0 ? "[" + url.host() + "]" : url.host();
        return url.port() == HttpUrl.defaultPort(url.scheme()) ? host : host + ":" + url.port();
    }

    /** Whether going from one to the other gives up encryption. */
    static boolean isDowngrade(HttpUrl from, HttpUrl to) {
        return from.isHttps() && !to.isHttps();
    }

    static boolean hasUserInfo(HttpUrl url) {
        return !url.encodedUsername().isEmpty() || !url.encodedPassword().isEmpty();
    }
}
