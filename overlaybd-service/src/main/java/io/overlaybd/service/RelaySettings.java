package io.overlaybd.service;

import io.overlaybd.config.GlobalConfig;
import io.overlaybd.config.MirrorConfig;
import io.overlaybd.registry.relay.Relay;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who a configuration says is asked for blobs before their registry is: the proxy first, then the mirrors in their order. */
final class RelaySettings {

    private static final Logger LOG = LoggerFactory.getLogger(RelaySettings.class);

    private RelaySettings() {}

    static List<Relay> of(GlobalConfig config) throws IOException {
        List<Relay> relays = new ArrayList<>();
        if (config.p2p().enable()) {
            relays.add(checked("p2pConfig", () -> Relay.proxy(config.p2p().address())));
        }
        for (MirrorConfig mirror : config.mirrors()) {
            relays.add(checked("registryMirrors[" + config.mirrors().indexOf(mirror) + "]", () -> mirror(mirror)));
        }
        for (Relay relay : relays) {
            if (relay.forwardsCredentials() && !relay.mayBeShownCredentials()) {
                LOG.warn(
                        "{}: neither on this host nor https: tokens and passwords of registries are not shown to it, so that"
                                + " blobs that need them come from the registry",
                        relay.address());
            }
        }
        return relays;
    }

    private static Relay mirror(MirrorConfig mirror) {
        return new Relay(
                Relay.Kind.MIRROR, mirror.address(), mirror.registry(), mirror.forwardCredentials(), mirror.headers());
    }

    private interface Making {
        Relay make();
    }

    private static Relay checked(String where, Making making) throws IOException {
        try {
            return making.make();
        } catch (IllegalArgumentException e) {
            throw new IOException(where + ": " + e.getMessage(), e);
        }
    }
}
