package io.overlaybd.tcmu.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.tcmu.netlink.TcmuEvent.Kind;
import io.overlaybd.testing.Seeded;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The vectors are written as a little-endian machine has them. */
@ExtendWith(Seeded.class)
class NetlinkMessageTest {

    private static final int FAMILY = 0x1d;

    /** ADDED, of device 7, uio 3, with an attribute that nobody knows and an empty one. */
    private static final String ADDED = "48000000 1d00 0000 00000000 00000000 01 02 0000"
            + "1500 0100 " + "74636d2d757365722f312f612f622f6300" + "000000"
            + "0800 0200 03000000"
            + "0400 0300"
            + "0800 0800 07000000"
            + "0500 1200 01000000";

    @BeforeAll
    static void onlyWhereTheVectorsFit() {
        Assumptions.assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer bytes(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    private static Optional<TcmuEvent> event(ByteBuffer datagram) {
        return TcmuNetlink.event(NetlinkMessage.decode(datagram), FAMILY);
    }

    @Test
    void eventTellsWhatHappenedToWhichDevice() {
        assertEquals(Optional.of(new TcmuEvent(Kind.ADDED, 7, 3, "tcm-user/1/a/b/c")), event(bytes(ADDED)));
        ByteBuffer removed = bytes(ADDED).put(16, (byte) 2);
        assertEquals(Kind.REMOVED, event(removed).orElseThrow().kind());
    }

    @Test
    void whatIsNoEventIsNotTakenForOne() {
        assertEquals(Optional.empty(), TcmuNetlink.event(NetlinkMessage.decode(bytes(ADDED)), FAMILY + 1));
        assertEquals(Optional.empty(), event(bytes(ADDED).put(16, (byte) 9)), "unknown command");
        assertEquals(Optional.empty(), event(bytes(ADDED).put(17, (byte) 1)), "old version");
        assertEquals(Optional.empty(), event(bytes(ADDED).put(46, (byte) 9)), "no minor");
        assertNull(NetlinkMessage.decode(bytes("ff")));
    }

    @Test
    void replyFitsTheEvent() {
        TcmuEvent event = new TcmuEvent(Kind.REMOVED, 7, 3, "");
        byte[] reply = new byte[36];
        TcmuNetlink.reply(FAMILY, event, -2).get(reply);
        assertEquals(
                "240000001d000100" + "00000000" + "00000000" + "05020000" + "08000700feffffff" + "0800080007000000",
                HexFormat.of().formatHex(reply));
    }

    @Test
    void groupIsFoundByItsName() {
        String group = "1800 0100" + "0800 0200 0b000000" + "0b00 0100 636f6e666967 00 00";
        ByteBuffer answer =
                bytes("34000000 1000 0000 00000000 00000000 01 02 0000" + "0600 0100 1d000000" + "1c00 0780" + group);
        answer.order(ByteOrder.LITTLE_ENDIAN).putInt(0, answer.limit());
        assertEquals(Optional.of(11), TcmuNetlink.group(NetlinkMessage.decode(answer)));
    }

    @Test
    void errorTellsItsNumber() {
        NetlinkMessage error = NetlinkMessage.decode(
                bytes("24000000 0200 0000 01000000 00000000 feffffff 00000000" + "00000000 00000000 00000000"));
        assertEquals(NetlinkMessage.TYPE_ERROR, error.type());
        assertEquals(-2, error.error());
    }

    @Test
    void noDatagramDoesHarm(Random random) {
        for (int i = 0; i < 50_000; i++) {
            ByteBuffer datagram = bytes(ADDED);
            for (int flips = random.nextInt(5); flips >= 0; flips--) {
                int at = random.nextInt(datagram.limit());
                datagram.put(at, (byte) (datagram.get(at) ^ 1 << random.nextInt(8)));
            }
            datagram.limit(random.nextInt(datagram.limit() + 1));
            event(datagram);
        }
        assertTrue(event(bytes(ADDED)).isPresent());
    }
}
