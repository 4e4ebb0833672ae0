package io.overlaybd.testing.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class FaultProxyTest {

    private static final int TIMEOUT_MILLIS = 10_000;
    private static final byte[] CONTENT = new byte[100_000];

    static {
        for (int i = 0; i < CONTENT.length; i++) {
            CONTENT[i] = (byte) (i * 31 >> 3);
        }
    }

    private static HttpURLConnection open(FaultProxy proxy, String range) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(proxy.url() + "/x?y").toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        if (range != null) {
            connection.setRequestProperty("Range", range);
        }
        return connection;
    }

    private static byte[] get(FaultProxy proxy, String range) throws IOException {
        try (InputStream in = open(proxy, range).getInputStream()) {
            return in.readAllBytes();
        }
    }

    @Test
    void faultsHappenInTheirOrderAndRequestsAreRecorded() throws IOException {
        try (FaultProxy origin = FaultProxy.standalone("127.0.0.1");
                FaultProxy proxy = FaultProxy.to(origin.address())) {
            origin.always(request -> true, new Fault.Content(CONTENT));
            assertArrayEquals(Arrays.copyOfRange(CONTENT, 5, 10), get(proxy, "bytes=5-9"));
            assertArrayEquals(CONTENT, get(proxy, null));

            proxy.next(FaultProxy.Request::isRanged, Fault.status(503), Fault.ignoreRange(), Fault.flip(2));
            assertEquals(503, open(proxy, "bytes=5-9").getResponseCode());
            assertEquals(200, open(proxy, "bytes=5-9").getResponseCode());
            byte[] flipped = Arrays.copyOfRange(CONTENT, 5, 10);
            flipped[2] ^= 1;
            assertArrayEquals(flipped, get(proxy, "bytes=5-9"));

            assertEquals(5, proxy.requests().size());
            assertEquals("/x?y", proxy.requests().get(0).path());
            assertEquals(4, proxy.count(FaultProxy.Request::isRanged));
        }
    }

    @Test
    void cutBodyEndsTheConnection() throws IOException {
        try (FaultProxy origin = FaultProxy.standalone("127.0.0.1");
                FaultProxy proxy = FaultProxy.to(origin.address(), "127.0.0.2")) {
            origin.always(request -> true, new Fault.Content(CONTENT));
            proxy.next(request -> true, Fault.cut(50_000));
            try (InputStream in = open(proxy, null).getInputStream()) {
                assertArrayEquals(Arrays.copyOf(CONTENT, 50_000), in.readNBytes(50_000));
                assertTrue(ends(in));
            }
            assertArrayEquals(CONTENT, get(proxy, null));
        }
    }

    /** Some releases of the client say that the end came too early, some do not. */
    private static boolean ends(InputStream in) {
        try {
            return in.read() < 0;
        } catch (IOException tooEarly) {
            return true;
        }
    }

    @Test
    void resetEndsTheConnection() {
        try (FaultProxy proxy = FaultProxy.standalone("127.0.0.1")) {
            proxy.always(request -> true, new Fault.Reset());
            assertThrows(IOException.class, () -> get(proxy, "bytes=0-1"));
        }
    }

    @Test
    void closeLeavesNoThreadWhateverTheyWaitFor() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch arrived = new CountDownLatch(2);
        long before = threads();
        FaultProxy proxy = FaultProxy.standalone("127.0.0.1");
        proxy.next(
                request -> {
                    arrived.countDown();
                    return true;
                },
                new Fault.Stall(),
                new Fault.Hold(never, null));
        try (Socket first =
                        new Socket(proxy.address().getAddress(), proxy.address().getPort());
                Socket second =
                        new Socket(proxy.address().getAddress(), proxy.address().getPort());
                Socket silent =
                        new Socket(proxy.address().getAddress(), proxy.address().getPort())) {
            first.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            second.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            arrived.await();
            proxy.close();
            assertEquals(before, threads());
            assertTrue(silent.getInputStream().read() < 0);
        }
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("fault-proxy-"))
                .count();
    }
}
