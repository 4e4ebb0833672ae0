package io.overlaybd.config;

/** The member {@code serviceConfig}: the HTTP service for live snapshots. Immutable. */
public record ServiceConfig(boolean enable, String address) {

    static ServiceConfig from(ConfigObject object) {
        return new ServiceConfig(object.bool("enable", false), object.string("address", "http://127.0.0.1:9862"));
    }
}
