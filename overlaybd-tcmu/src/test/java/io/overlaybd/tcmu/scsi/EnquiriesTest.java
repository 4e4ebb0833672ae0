package io.overlaybd.tcmu.scsi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.testing.MemoryDevice;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the disk says of itself. */
class EnquiriesTest {

    private static final int BLOCKS = 2048;

    private final Initiator disk = new Initiator(new MemoryDevice("disk", BLOCKS * 512));

    @Test
    void unitIsAlwaysReady() {
        assertEquals(Reply.GOOD, disk.send("00 00 00 00 00 00", 0));
    }

    @Test
    void standardInquiryNamesTheDiskAsTheOriginalDoes() {
        byte[] inquiry = disk.answer("12 00 00 00 FF 00");
        assertArrayEquals(Initiator.bytes("00 00 05 02 5B 00 00 02"), Arrays.copyOf(inquiry, 8));
        assertEquals("LIO-ORG TCMU device     0002", ascii(inquiry, 8, 36));
        assertEquals(96, inquiry.length);
        assertEquals(0x04C0, ByteBuffer.wrap(inquiry).getShort(62), "SBC-3");
    }

    private static String ascii(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.US_ASCII);
    }

    @Test
    void answerIsCutToTheAllocationLength() {
        assertEquals(5, disk.answer("12 00 00 00 05 00").length);
        assertEquals(0, disk.answer("12 00 00 00 00 00").length);
        assertEquals(Reply.good(7), disk.send("12 00 00 00 FF 00", 7));
    }

    @Test
    void inquiryForAPageWithoutProductDataIsRefused() {
        disk.assertRefused(Sense.INVALID_FIELD_IN_CDB, "12 00 80 00 FF 00");
        disk.assertRefused(Sense.INVALID_FIELD_IN_CDB, "12 01 99 00 FF 00");
    }

    @Test
    void everyListedPageIsThere() {
        disk.assertAnswer("00 00 00 06 00 80 83 B0 B1 B2", "12 01 00 00 FF 00");
        for (String page : List.of("80", "83", "B0", "B1", "B2")) {
            byte[] answer = disk.answer("12 01 " + page + " 00 FF 00");
            assertEquals(page, HexFormat.of().withUpperCase().toHexDigits(answer[1]));
            assertEquals(answer.length - 4, ByteBuffer.wrap(answer).getShort(2));
        }
    }

    @Test
    void serialIsTheUnits() {
        byte[] page = disk.answer("12 01 80 00 FF 00");
        assertEquals(Initiator.SERIAL, ascii(page, 4, page.length));
    }

    @Test
    void designatorsNameTheDiskThreeTimes() {
        byte[] page = disk.answer("12 01 83 00 FF 00");
        List<byte[]> names = new ArrayList<>();
        for (int at = 4; at < page.length; at += 4 + page[at + 3]) {
            names.add(Arrays.copyOfRange(page, at, at + 4 + page[at + 3]));
        }
        assertEquals(3, names.size());
        assertEquals("LIO-ORG " + Initiator.SERIAL + '\0', ascii(names.get(0), 4, names.get(0).length));
        assertArrayEquals(Initiator.bytes("01 03 00 10 6001405 0f1e2d3c4b5a69788796a5b4c"), names.get(1));
        assertEquals("/images/one.json\0", ascii(names.get(2), 4, names.get(2).length));
    }

    @Test
    void anyTextMakesAPage() {
        BlockDevice device = new MemoryDevice("disk", 512);
        for (int length : new int[] {0, 254, 255, 4000}) {
            LogicalUnit unit = new LogicalUnit(device, "g", "x".repeat(length), 512);
            byte[] page = ProductData.page(0x83, unit);
            assertEquals(page.length - 4, ByteBuffer.wrap(page).getShort(2));
            assertEquals(Math.min(length + 1, 255), page[page.length - Math.min(length, 254) - 2] & 0xFF);
        }
    }

    @Test
    void limitsAskForTransfersThatFit() {
        ByteBuffer limits = ByteBuffer.wrap(disk.answer("12 01 B0 00 FF 00"));
        assertEquals(64, limits.limit());
        assertEquals(Initiator.MAX_TRANSFER_BYTES / 512, limits.getInt(8));
        assertEquals(Initiator.MAX_TRANSFER_BYTES / 512, limits.getInt(12));
        assertEquals(0, limits.getInt(20), "nothing can be unmapped");
    }

    @Test
    void diskDoesNotRotate() {
        assertEquals(1, ByteBuffer.wrap(disk.answer("12 01 B1 00 FF 00")).getShort(4));
    }

    @Test
    void capacityIsTheLastBlock() {
        disk.assertAnswer("000007FF 00000200", "25 00 00000000 00 0000 00");
        String capacity16 = "00000000 000007FF 00000200" + "00".repeat(20);
        disk.assertAnswer(capacity16, "9E 10 0000000000000000 000000FF 00 00");
        disk.assertAnswer("0000", "9E 10 0000000000000000 00000002 00 00");
    }

    @Test
    void capacityThatNeedsMoreBitsIsAllOnes() {
        Initiator huge = new Initiator(new HugeDevice((1L << 41) + 512));
        huge.assertAnswer("FFFFFFFF 00000200", "25 00 00000000 00 0000 00");
        byte[] answer = huge.answer("9E 10 0000000000000000 00000020 00 00");
        assertEquals(1L << 32, ByteBuffer.wrap(answer).getLong());
    }

    @Test
    void diskWithoutBlocksIsNone() {
        assertThrows(
                IllegalArgumentException.class, () -> new LogicalUnit(new MemoryDevice("empty", 0), "1", "", 4096));
    }

    @Test
    void thereIsOneUnit() {
        String one = "00000008 00000000 0000000000000000";
        disk.assertAnswer(one, "A0 00 00 000000 00000100 00 00");
        disk.assertAnswer(one, "A0 00 02 000000 00000100 00 00");
        disk.assertAnswer("00000000 00000000", "A0 00 01 000000 00000100 00 00");
        disk.assertRefused(Sense.INVALID_FIELD_IN_CDB, "A0 00 03 000000 00000100 00 00");
    }

    @Test
    void thereIsNoSenseToFetch() {
        disk.assertAnswer("70 00 00 00 00 00 00 0A 00 00 00 00 00 00 00 00 00 00", "03 00 00 00 FF 00");
        disk.assertRefused(Sense.INVALID_FIELD_IN_CDB, "03 01 00 00 FF 00");
    }

    @Test
    void diskStartsAndStopsButEjectsNothing() {
        assertEquals(Reply.GOOD, disk.send("1B 00 00 00 01 00", 0));
        assertEquals(Reply.GOOD, disk.send("1B 01 00 00 00 00", 0));
        disk.assertRefused(Sense.INVALID_FIELD_IN_CDB, "1B 00 00 00 02 00");
        disk.assertRefused(Sense.INVALID_FIELD_IN_CDB, "1B 00 00 00 30 00");
    }

    @Test
    void modePagesAreThoseOfTheOriginal() {
        String recovery = "01 0A" + "00".repeat(10);
        String caching = "08 12" + "00".repeat(18);
        String control = "0A 0A 02 00 00 40 00 00 FF FF 00 00";
        disk.assertAnswer("2F 00 90 00" + recovery + caching + control, "1A 00 3F 00 FF 00");
        disk.assertAnswer("0032 00 90 0000 0000" + recovery + caching + control, "5A 00 3F 00 000000 00FF 00");
        disk.assertAnswer("17 00 90 00" + caching, "1A 08 08 00 FF 00");
        disk.assertAnswer("17 00 90 00" + caching, "1A 08 88 00 FF 00");
        disk.assertAnswer("0F 00 90 00 0A 0A" + "00".repeat(10), "1A 08 4A 00 FF 00");
        disk.assertAnswer("2F 00", "1A 08 3F 00 02 00");
    }

    @Test
    void pagesThatAreNotThereAreRefused() {
        disk.assertRefused(Sense.INVALID_FIELD_IN_CDB, "1A 00 1C 00 FF 00");
        disk.assertRefused(Sense.INVALID_FIELD_IN_CDB, "1A 00 08 01 FF 00");
        disk.assertRefused(Sense.SAVING_NOT_SUPPORTED, "1A 00 C8 00 FF 00");
    }

    @Test
    void modeSelectTakesWhatIsSo() {
        String control = "0A 0A 02 00 00 40 00 00 FF FF 00 00";
        assertEquals(Reply.GOOD, disk.sendData("15 10 00 00 10 00", "00 00 00 00" + control));
        assertEquals(Reply.GOOD, disk.sendData("15 10 00 00 18 00", "00 00 00 08 00 00 00 00 00 00 02 00" + control));
        assertEquals(Reply.GOOD, disk.sendData("55 10 00 00 00 00 00 00 14 00", "00 00 00 00 00 00 00 00" + control));
        assertEquals(Reply.GOOD, disk.sendData("15 10 00 00 00 00", ""));
    }

    @Test
    void modeSelectRefusesWhatIsNotSo() {
        String header = "00 00 00 00";
        assertSelect(Sense.INVALID_FIELD_IN_CDB, "15 00 00 00 10 00", header);
        assertSelect(Sense.INVALID_FIELD_IN_CDB, "15 11 00 00 10 00", header);
        assertSelect(Sense.PARAMETER_LIST_LENGTH, "15 10 00 00 03 00", header);
        assertSelect(Sense.PARAMETER_LIST_LENGTH, "15 10 00 00 05 00", header);
        assertSelect(Sense.PARAMETER_LIST_LENGTH, "15 10 00 00 05 00", header + "0A");
        assertSelect(Sense.PARAMETER_LIST_LENGTH, "15 10 00 00 06 00", header + "0A 0A");
        assertSelect(Sense.PARAMETER_LIST_LENGTH, "15 10 00 00 04 00", "00 00 00 FF");
        assertSelect(Sense.INVALID_FIELD_IN_PARAMETERS, "15 10 00 00 06 00", header + "1C 00");
        assertSelect(Sense.INVALID_FIELD_IN_PARAMETERS, "15 10 00 00 18 00", header + "08 12 04" + "00".repeat(17));
    }

    private void assertSelect(Sense expected, String block, String data) {
        assertEquals(Reply.check(expected), disk.sendData(block, data), block + " / " + data);
    }

    @Test
    void oneCommandIsReportedWithItsUsage() {
        disk.assertAnswer("00 03 00 0A 28 18 FF FF FF FF 00 FF FF 00", "A3 0C 01 28 0000 000000FF 00 00");
        disk.assertAnswer(
                "00 83 00 06 00 00 00 00 00 00 00 0A 00 00 00 00 00 00 00 00 00 00", "A3 0C 81 00 0000 000000FF 00 00");
        disk.assertAnswer("00 01 00 00", "A3 0C 01 D0 0000 000000FF 00 00");
        disk.assertAnswer("00 01 00 00", "A3 0C 02 9E 0012 000000FF 00 00");
        assertEquals(4 + 16, disk.answer("A3 0C 02 9E 0010 000000FF 00 00").length);
        assertEquals(4 + 6, disk.answer("A3 0C 03 12 0000 000000FF 00 00").length);
        disk.assertRefused(Sense.INVALID_FIELD_IN_CDB, "A3 0C 01 9E 0000 000000FF 00 00");
        disk.assertRefused(Sense.INVALID_FIELD_IN_CDB, "A3 0C 02 12 0000 000000FF 00 00");
        disk.assertRefused(Sense.INVALID_FIELD_IN_CDB, "A3 0C 04 12 0000 000000FF 00 00");
    }

    @Test
    void everyReportedCommandIsUnderstood() {
        byte[] all = disk.answer("A3 0C 00 00 0000 00000400 00 00");
        ByteBuffer list = ByteBuffer.wrap(all);
        assertEquals(all.length - 4, list.getInt(0));
        assertTrue(all.length > 4 + 8 * 25);
        for (int at = 4; at < all.length; at += 8) {
            byte[] block = new byte[list.getShort(at + 6)];
            block[0] = all[at];
            block[1] = (byte) list.getShort(at + 2);
            String hex = HexFormat.of().formatHex(block);
            Reply reply = disk.send(hex, 512);
            assertFalse(reply.sense() == Sense.INVALID_OPERATION_CODE, hex);
        }
        assertEquals(4 + (all.length - 4) / 8 * 20, disk.answer("A3 0C 80 00 0000 00000400 00 00").length);
    }

    @Test
    void whatIsNotInTheTableIsRefused() {
        for (String block :
                List.of("85 00 00 00 00 00 00 00", "7F 00 00 00 00 00 00 18", "FF", "9E 12 00 00", "A3 05")) {
            disk.assertRefused(Sense.INVALID_OPERATION_CODE, block + "00".repeat(16));
        }
    }

    @Test
    void blockThatIsTooShortIsRefused() {
        for (String block : List.of("", "00", "28 00 00 00 00 00 00 00", "88 00 00 00 00 00 00 00")) {
            disk.assertRefused(Sense.INVALID_OPERATION_CODE, block);
        }
    }
}
