package io.overlaybd.tcmu.scsi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.overlaybd.io.BlockDevice;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/** Sends command blocks, as hexadecimal digits, to a disk. Thread-confined. */
final class Initiator {

    static final String SERIAL = "0f1e2d3c4b5a69788796a5b4c";
    static final int MAX_TRANSFER_BYTES = 524_288;

    private static final byte STALE = (byte) 0xA5;

    private final LogicalUnit unit;
    private byte[] received = {};

    Initiator(BlockDevice device) {
        this(new LogicalUnit(device, SERIAL, "/images/one.json", MAX_TRANSFER_BYTES));
    }

    private Initiator(LogicalUnit unit) {
        this.unit = unit;
    }

    /** Sends to the same disk, from another thread. */
    Initiator another() {
        return new Initiator(unit);
    }

    static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replaceAll("\\s+", ""));
    }

    ScsiTask task(String block, ByteBuffer... data) {
        byte[] bytes = bytes(block);
        ScsiTask task = new ScsiTask();
        task.begin(unit, bytes, bytes.length, data);
        return task;
    }

    /** Sends a command with room for so many bytes of answer, in two pieces, in which old bytes stand. */
    Reply send(String block, int room) {
        received = new byte[room];
        Arrays.fill(received, STALE);
        ByteBuffer all = ByteBuffer.wrap(received);
        return task(block, all.slice(0, room / 3), all.slice(room / 3, room - room / 3))
                .execute();
    }

    /** Sends a command with data. */
    Reply sendData(String block, String data) {
        return task(block, ByteBuffer.wrap(bytes(data))).execute();
    }

    /** Sends a command with data, in pieces of these lengths and a rest. */
    Reply sendData(String block, byte[] data, int... pieces) {
        ByteBuffer[] parts = new ByteBuffer[pieces.length + 1];
        int at = 0;
        for (int i = 0; i < pieces.length; at += pieces[i++]) {
            parts[i] = ByteBuffer.wrap(data).slice(at, pieces[i]);
        }
        parts[pieces.length] = ByteBuffer.wrap(data).slice(at, data.length - at);
        return task(block, parts).execute();
    }

    byte[] received() {
        return received;
    }

    /** The answer to a command that must be GOOD, without the zeros that follow what was returned. */
    byte[] answer(String block) {
        Reply reply = send(block, 1024);
        assertEquals(Status.GOOD, reply.status(), () -> block + ": " + reply.sense());
        for (int i = reply.returnedBytes(); i < received.length; i++) {
            assertEquals(0, received[i], block + ": byte " + i);
        }
        return Arrays.copyOf(received, reply.returnedBytes());
    }

    void assertAnswer(String expected, String block) {
        String blanks = expected.replaceAll("\\s+", "").toLowerCase();
        assertEquals(blanks, HexFormat.of().formatHex(answer(block)), block);
    }

    void assertRefused(Sense expected, String block) {
        Reply reply = send(block, 4096);
        assertEquals(Status.CHECK_CONDITION, reply.status(), block);
        assertEquals(expected, reply.sense(), block);
    }
}
