package io.overlaybd.io.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class NetlinkSocketTest {

    private static final int GENERIC = 16;
    private static final int SMALLEST_BUFFER_BYTES = 2048;
    private static final int REQUESTS = 1000;

    /** Only root may set the size of the buffer. */
    private static NetlinkSocket open() {
        NetlinkSocket socket = null;
        try {
            socket = NetlinkSocket.open(GENERIC, SMALLEST_BUFFER_BYTES);
        } catch (IOException notRoot) {
            assumeTrue(false, "SKIPPED: " + notRoot.getMessage());
        }
        return socket;
    }

    /** Asks the kernel about the family that tells of families. */
    private static ByteBuffer request() {
        ByteBuffer request = ByteBuffer.allocateDirect(28).order(ByteOrder.nativeOrder());
        request.putInt(0, 28).putShort(4, (short) GENERIC).putShort(6, (short) 1);
        request.put(16, (byte) 3).put(17, (byte) 1);
        return request.putShort(20, (short) 6).putShort(22, (short) 1).putShort(24, (short) GENERIC);
    }

    @Test
    void messagesThatTheKernelHadNoRoomForAreNoticed() throws IOException {
        try (NetlinkSocket socket = open()) {
            ByteBuffer answer = ByteBuffer.allocateDirect(16384);
            socket.send(request());
            assertTrue(socket.receive(answer));
            assertEquals(0, socket.lostMessages());
            for (int i = 0; i < REQUESTS; i++) {
                socket.send(request());
            }
            int lost = socket.lostMessages();
            int found = 0;
            while (socket.receive(answer)) {
                found++;
            }
            assertTrue(found < REQUESTS);
            assertTrue(lost >= REQUESTS - found);
            assertEquals(lost, socket.lostMessages());
            assertFalse(socket.receive(answer));
        }
    }
}
