package io.overlaybd.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One element of {@code registryMirrors}: a server that is asked for blobs before their registry is. Immutable.
 *
 * @param registry whose blobs, {@code host[:port]}; {@code *} for all
 * @param address where the mirror is, without what follows {@code /v2/}; always with a scheme
 * @param forwardCredentials whether it is shown what the registry is shown
 * @param headers sent with each request, by name; values may be secrets
 */
public record MirrorConfig(String registry, String address, boolean forwardCredentials, Map<String, String> headers) {

    /** Takes a copy of the map. */
    public MirrorConfig {
        headers = Map.copyOf(headers);
    }

    static List<MirrorConfig> from(List<ConfigObject> objects) {
        List<MirrorConfig> mirrors = new ArrayList<>();
        for (ConfigObject object : objects) {
            String registry = object.string("registry", "*");
            String address = object.string("address", "");
            boolean forward = object.bool("forwardCredentials", false);
            Map<String, String> headers = headers(object.objects("headers"));
            if (address.isEmpty()) {
                object.warning("address", "missing: this mirror is never asked");
            } else {
                String url = address.contains("://") ? address : "http://" + address;
                mirrors.add(new MirrorConfig(registry, url, forward, headers));
            }
        }
        return List.copyOf(mirrors);
    }

    private static Map<String, String> headers(List<ConfigObject> objects) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (ConfigObject object : objects) {
            String name = object.string("name", "");
            String value = object.string("value", "");
            if (name.isEmpty()) {
                object.warning("name", "missing: this header is not sent");
            } else {
                headers.putIfAbsent(name, value);
            }
        }
        return headers;
    }

    /** Without user and query of the address and without the values of the headers. */
    @Override
    public String toString() {
        return "MirrorConfig[registry=" + registry + ", address=" + ShownUrl.of(address) + ", forwardCredentials="
                + forwardCredentials + ", headers=" + headers.keySet() + "]";
    }
}
