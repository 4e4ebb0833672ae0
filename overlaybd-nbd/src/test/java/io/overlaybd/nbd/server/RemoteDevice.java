package io.overlaybd.nbd.server;

import io.overlaybd.io.BlockDevice;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** What a server serves, seen through a client: a transport that must keep the contract of what is behind it. */
final class RemoteDevice implements BlockDevice {

    private static final int EINVAL = 22;
    private static final int ENOSPC = 28;

    private final Served server;
    private final NbdClient client;

    RemoteDevice(Served server, NbdClient client) {
        this.server = server;
        this.client = client;
    }

    @Override
    public String name() {
        return server.uri();
    }

    @Override
    public long sizeBytes() {
        return client.sizeBytes;
    }

    @Override
    public synchronized void read(long offsetBytes, ByteBuffer dst) throws IOException {
        dst.put(check(client.call(0, NbdClient.READ, offsetBytes, dst.remaining())).data);
    }

    private static NbdClient.Answer check(NbdClient.Answer answer) throws IOException {
        if (answer.errorCode == EINVAL || answer.errorCode == ENOSPC) {
            throw new EOFException("refused");
        }
        if (answer.errorCode != 0) {
            throw new IOException("error " + answer.errorCode);
        }
        return answer;
    }

    @Override
    public synchronized void extents(long offsetBytes, long lengthBytes, ExtentVisitor visitor) throws IOException {
        long end = offsetBytes + lengthBytes;
        boolean more = true;
        for (long at = offsetBytes; at != end && more; ) {
            for (long[] extent : check(client.call(0, NbdClient.BLOCK_STATUS, at, end - at)).extents) {
                more = more && visitor.visit(at, extent[0], kind((int) extent[1]));
                at += extent[0];
            }
        }
    }

    private static ExtentKind kind(int status) {
        return switch (status) {
            case 0 -> ExtentKind.DATA;
            case 2 -> ExtentKind.ZERO;
            case 3 -> ExtentKind.HOLE;
            default -> throw new AssertionError("unknown status " + status);
        };
    }

    @Override
    public boolean isReadOnly() {
        return (client.transmissionFlags & 2) != 0;
    }

    @Override
    public synchronized void write(long offsetBytes, ByteBuffer src) throws IOException {
        checkWhole(offsetBytes, src.remaining());
        check(client.write(0, offsetBytes, src));
    }

    @Override
    public synchronized void discard(long offsetBytes, long lengthBytes) throws IOException {
        checkWhole(offsetBytes, lengthBytes);
        check(client.call(0, NbdClient.WRITE_ZEROES, offsetBytes, lengthBytes));
    }

    /** The server would take it. */
    private static void checkWhole(long offsetBytes, long lengthBytes) {
        if ((offsetBytes | lengthBytes) % SECTOR_BYTES != 0) {
            throw new IllegalArgumentException("not whole sectors");
        }
    }

    @Override
    public synchronized void flush() throws IOException {
        check(client.call(0, NbdClient.FLUSH, 0, 0));
    }

    @Override
    public void close() throws IOException {
        client.close();
        server.close();
    }
}
