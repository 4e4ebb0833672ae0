package io.overlaybd.tools.doctor;

import io.overlaybd.config.BlobSpec;
import io.overlaybd.config.GlobalConfig;
import io.overlaybd.config.ImageConfig;
import io.overlaybd.config.LayerSpec;
import io.overlaybd.registry.RegistryException;
import io.overlaybd.service.RegistryProbe;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether the registry of an image can be reached, step by step: name, connection, then a read as the daemon makes it. */
record RegistryCheck(GlobalConfig config, Path image, Map<String, String> environment) implements Check {

    private static final int CONNECT_MILLIS = 5_000;
    private static final String PROXY_HINT = "where only a proxy leads out, set HTTPS_PROXY for the daemon";

    @Override
    public String subject() {
        return "registry";
    }

    @Override
    public List<Finding> look() throws IOException {
        ImageConfig config = ImageConfig.read(image).config();
        Optional<BlobSpec> remote = config.lowers().stream()
                .map(LayerSpec::blob)
                .filter(blob -> blob.digest().isPresent())
                .findFirst();
        if (config.repoBlobUrl().isEmpty() || remote.isEmpty()) {
            return List.of(Finding.ok(subject(), image + ": needs none, all its layers are files"));
        }
        List<Finding> findings = new ArrayList<>();
        if (hasProxy() || isReachable(URI.create(config.repoBlobUrl()), findings)) {
            findings.add(read(config.repoBlobUrl(), remote.get()));
        }
        return findings;
    }

    private boolean hasProxy() {
        return Stream.of("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
                .anyMatch(name -> !environment.getOrDefault(name, "").isEmpty());
    }

    private boolean isReachable(URI url, List<Finding> findings) {
        String host = url.getHost();
        boolean https = "https".equals(url.getScheme());
        int port = url.getPort() > 0 ? url.getPort() : https ? 443 : 80;
        try (Socket socket = new Socket()) {
            InetAddress address = InetAddress.getByName(host);
            findings.add(Finding.ok("name of the registry", host + " is " + address.getHostAddress()));
            socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
            findings.add(Finding.ok("connection", host + ":" + port + " accepts connections"));
            return true;
        } catch (UnknownHostException e) {
            findings.add(Finding.fail(
                    "name of the registry", host + ": no such name", "see /etc/resolv.conf; " + PROXY_HINT));
        } catch (IOException e) {
            findings.add(Finding.fail(
                    "connection",
                    host + ":" + port + ": " + e.getMessage(),
                    "see that the registry is up and no firewall is between; " + PROXY_HINT));
        }
        return false;
    }

    private Finding read(String repoBlobUrl, BlobSpec blob) {
        try {
            String digest = blob.digest().orElseThrow().toString();
            long sizeBytes = RegistryProbe.readBeginning(config, repoBlobUrl, digest);
            if (blob.sizeBytes() > 0 && blob.sizeBytes() != sizeBytes) {
                return Finding.fail(
                        subject(),
                        digest + " has " + sizeBytes + " bytes, the image config says " + blob.sizeBytes(),
                        "write the config anew, with overlaybd-pull-config");
            }
            return Finding.ok(subject(), "its first layer can be read, " + sizeBytes + " bytes in all");
        } catch (IOException e) {
            return Finding.fail(subject(), e.getMessage(), mend(e));
        }
    }

    private static String mend(IOException failure) {
        if (!(failure instanceof RegistryException refusal)) {
            return "correct what the message names";
        }
        return switch (refusal.kind()) {
            case UNAUTHORIZED, FORBIDDEN -> "correct user and password where credentialConfig has them from";
            case NOT_FOUND -> "correct repoBlobUrl or digest of the image config, or push the layer";
            case TLS -> "name the authority of the registry in certConfig.caFile";
            case RATE_LIMITED -> "wait, or use credentials with a higher limit";
            case UNAVAILABLE, PROTOCOL -> "see the registry's own log, and what stands between";
        };
    }
}
