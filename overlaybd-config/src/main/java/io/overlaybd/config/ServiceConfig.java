package io.overlaybd.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The member {@code serviceConfig}: how a running daemon is spoken to. Immutable.
 *
 * @param enable whether there is the HTTP service for live snapshots
 * @param adminSocket the Unix socket for its administrator, absent if there shall be none
 */
public record ServiceConfig(boolean enable, String address, Optional<Path> adminSocket) {

    /** Where the socket is unless told otherwise. */
    public static final String DEFAULT_ADMIN_SOCKET = "/run/overlaybd/admin.sock";

    static ServiceConfig from(ConfigObject object) {
        return new ServiceConfig(
                object.bool("enable", false),
                object.string("address", "http://127.0.0.1:9862"),
                object.pathOrDefault("adminSocket", DEFAULT_ADMIN_SOCKET));
    }
}
