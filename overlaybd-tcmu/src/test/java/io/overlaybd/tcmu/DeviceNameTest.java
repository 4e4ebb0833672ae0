package io.overlaybd.tcmu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeviceNameTest {

    @Test
    void idIsWhatFollowsTheFirstSemicolon() {
        assertEquals("a;b", name("tcm-user/1/a/overlaybd//x.json;a;b").id());
        assertEquals("/x.json", name("tcm-user/1/a/overlaybd//x.json;a;b").path());
        assertEquals("", name("tcm-user/1/a/overlaybd//x.json").id());
    }

    private static DeviceName name(String text) {
        return DeviceName.parse(text).orElseThrow();
    }

    @Test
    void nameHasItsParts() {
        DeviceName name = name("tcm-user/999999999/dev_7/overlaybd//var/lib/x/config.v1.json;7");
        assertEquals("999999999", name.hba());
        assertEquals("dev_7", name.device());
        assertEquals("/var/lib/x/config.v1.json", name.path());
        assertEquals("/var/lib/x/config.v1.json;7", name.config());
        assertTrue(name.isOurs());
    }

    @Test
    void pathMayBeRelative() {
        assertEquals("etc/a.json", name("tcm-user/1/a/overlaybd/etc/a.json").path());
    }

    @Test
    void subtypeIsComparedWhole() {
        for (String other : List.of("over", "overlaybd2", "", "qcow")) {
            assertFalse(name("tcm-user/1/a/" + other + "/x").isOurs(), other);
        }
    }

    @Test
    void whatIsNoNameIsNothing() {
        for (String text :
                List.of("", "tcm-user", "tcm-user/1/a", "tcm-user/1/a/overlaybd", "uio_pci_generic/1/a/b/c")) {
            assertEquals(Optional.empty(), DeviceName.parse(text), text);
        }
    }

    @Test
    void serialIsTheDevicesOwn() {
        String serial = new Backstore(KernelFiles.SYSTEM, 1, name("tcm-user/1/a/overlaybd//x.json")).ownSerial();
        assertTrue(serial.matches("[0-9a-f]{25}"), serial);
        assertEquals(serial, new Backstore(KernelFiles.SYSTEM, 9, name("tcm-user/1/a/overlaybd//x.json")).ownSerial());
        assertNotEquals(
                serial, new Backstore(KernelFiles.SYSTEM, 1, name("tcm-user/1/b/overlaybd//x.json")).ownSerial());
    }

    @Test
    void eightTransfersFitIntoTheDataArea() {
        long ring = 8 << 20;
        assertEquals(512 << 10, TransferLimit.bytes(ring + (4 << 20)));
        assertEquals(1 << 20, TransferLimit.bytes(ring + (1 << 30)));
        assertEquals(64 << 10, TransferLimit.bytes(ring + 4096));
    }
}
