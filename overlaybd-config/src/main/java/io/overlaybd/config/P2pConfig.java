package io.overlaybd.config;

/**
 * The member {@code p2pConfig}: a proxy that shares blobs among hosts.
 *
 * @param address prefix of every blob URL; always with a scheme
 */
public record P2pConfig(boolean enable, String address) {

    static P2pConfig from(ConfigObject object) {
        String address = object.string("address", "http://localhost:9731/accelerator");
        return new P2pConfig(object.bool("enable", false), address.contains("://") ? address : "http://" + address);
    }

    /** Without user, password and query of the address. */
    @Override
    public String toString() {
        return "P2pConfig[enable=" + enable + ", address=" + ShownUrl.of(address) + "]";
    }
}
