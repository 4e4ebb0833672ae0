package io.overlaybd.kerneltests;

import io.overlaybd.testing.registry.Fault;
import io.overlaybd.testing.registry.FaultProxy;
import io.overlaybd.testing.registry.FaultProxy.Request;
import io.overlaybd.testing.registry.TestCertificates;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * A proxy with TLS between a daemon and a registry, which fails in the way that it was told last:
 *
 * <pre>
 * FaultyRegistry UPSTREAM_PORT PORT CA_FILE     writes the certificate to trust, then reads a fault a line; each is answered with its name
 * </pre>
 */
public final class FaultyRegistry {

    private static final Duration LATENCY = Duration.ofMillis(100);
    private static final long CUT_AT_BYTE = 10_000;

    private final InetSocketAddress upstream;
    private final int port;
    private FaultProxy proxy;

    private FaultyRegistry(InetSocketAddress upstream, int port) {
        this.upstream = upstream;
        this.port = port;
        this.proxy = trusted();
    }

    /** See the class. */
    public static void main(String[] arguments) throws IOException {
        FaultyRegistry registry = new FaultyRegistry(
                new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])), Integer.parseInt(arguments[1]));
        Files.copy(TestCertificates.shared().caFile(), Path.of(arguments[2]), StandardCopyOption.REPLACE_EXISTING);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String fault = "none"; fault != null; fault = in.readLine()) {
            registry.become(fault);
            System.out.println(fault);
        }
        registry.proxy.close();
    }

    private FaultProxy trusted() {
        return FaultProxy.tls(upstream, TestCertificates.shared().server(), port);
    }

    /** Faults of all requests, or of one in so many, so that what is tried again may get through. */
    private void become(String fault) {
        proxy.close(); // kept connections would not see another certificate, nor a broken network
        proxy = fault.equals("wrong-name")
                ? FaultProxy.tls(upstream, TestCertificates.shared().wrongName(), port)
                : trusted();
        switch (fault) {
            case "none", "wrong-name" -> {}
            case "latency" -> proxy.latency(LATENCY);
            case "loss" -> proxy.always(oneIn(3), new Fault.Reset());
            case "cut" -> proxy.always(oneIn(2), Fault.cut(CUT_AT_BYTE));
            case "stall" -> proxy.always(oneIn(4), Fault.stallAfter(CUT_AT_BYTE));
            // Of one block at most four fetches are made, and readers who take turns may be unlucky together.
            case "wrong-bytes" -> proxy.always(oneIn(7), Fault.flip(CUT_AT_BYTE));
            case "wrong-range" -> proxy.always(oneIn(3), Fault.headers("Content-Range", "bytes 1-2/3"));
            case "reset" -> proxy.always(any -> true, new Fault.Reset());
            case "unauthorized" ->
                proxy.always(any -> true, Fault.status(401, "WWW-Authenticate", "Basic realm=\"tests\""));
            case "too-many" -> proxy.always(oneIn(2), Fault.status(429, "Retry-After", "1"));
            case "failing" -> proxy.always(any -> true, Fault.status(503));
            default -> throw new IllegalArgumentException("no such fault: " + fault);
        }
    }

    private static Predicate<Request> oneIn(int count) {
        AtomicInteger requests = new AtomicInteger();
        return any -> requests.incrementAndGet() % count == 0;
    }
}
