package io.overlaybd.tcmu.scsi;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A name of the disk in the device identification page.
 *
 * <pre>
 *  0  u8  code set: 1 binary, 2 ASCII
 *  1  u8  type: 0 vendor specific, 1 vendor and text, 3 NAA
 *  3  u8  bytes that follow
 * </pre>
 */
record Designator(int codeSet, int type, byte[] name) {

    private static final int BINARY = 1;
    private static final int ASCII = 2;
    private static final int VENDOR_SPECIFIC = 0;
    private static final int VENDOR_AND_TEXT = 1;
    private static final int NAA = 3;

    /** NAA 6, registered extended: the company of LIO, 0x001405, and 100 bits of ours. */
    private static final String NAA_PREFIX = "6001405";

    private static final int NAA_BYTES = 16;

    /** The vendor's name, then the serial. */
    static Designator vendorAndSerial(LogicalUnit unit) {
        return text(VENDOR_AND_TEXT, Inquiry.VENDOR + unit.serial());
    }

    /** The world-wide name: the hexadecimal digits of the serial behind the company's number, as many as there is room for. */
    static Designator registeredName(LogicalUnit unit) {
        byte[] name = new byte[NAA_BYTES];
        int nibble = 0;
        for (char c : (NAA_PREFIX + unit.serial()).toCharArray()) {
            int digit = Character.digit(c, 16);
            if (digit >= 0 && nibble < 2 * NAA_BYTES) {
                name[nibble / 2] |= (byte) (nibble % 2 == 0 ? digit << 4 : digit);
                nibble++;
            }
        }
        return new Designator(BINARY, NAA, name);
    }

    /** What the disk shows. */
    static Designator description(LogicalUnit unit) {
        return text(VENDOR_SPECIFIC, unit.description());
    }

    private static Designator text(int type, String text) {
        return new Designator(ASCII, type, (text + '\0').getBytes(StandardCharsets.US_ASCII));
    }

    void writeTo(ByteArrayOutputStream page) {
        page.write(codeSet);
        page.write(type);
        page.write(0);
        page.write(name.length);
        page.writeBytes(name);
    }
}
