package io.overlaybd.service.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.metrics.DeviceMeter.Kind;
import org.junit.jupiter.api.Test;

class DeviceMetersTest {

    private final DeviceMeters devices = new DeviceMeters();

    private DeviceEntry enter(String name) {
        return devices.enter(new DeviceInfo(name, "uio0", "/config.json", ""));
    }

    private String page() {
        TextPage page = new TextPage();
        new DeviceSamples(devices).write(page);
        return page.toString();
    }

    @Test
    void devicesBeyondTheBoundShareALabel() {
        for (int i = 0; i < DeviceMeters.MAX_LABELS; i++) {
            enter("d" + i);
        }
        DeviceEntry one = enter("one-more");
        DeviceEntry another = enter("another");
        one.meter().servedAtOnce(1, 512, 1000);
        another.meter().servedAtOnce(2, 1024, 1000);
        assertFalse(page().contains("one-more"), "no label of its own");
        assertTrue(page().contains("overlaybd_device_bytes_total{device=\"other\",operation=\"read\"} 1536\n"));
        one.close();
        assertTrue(page().contains("overlaybd_device_bytes_total{device=\"other\",operation=\"read\"} 1536\n"));
    }

    @Test
    void whatADeviceDidStaysInTheTotalsWhenItIsGone() {
        DeviceEntry entry = enter("a");
        entry.meter().servedAtOnce(3, 4096, 1000);
        entry.close();
        entry.close();
        assertEquals(3, devices.totals().latency(Kind.READ).count());
        assertTrue(page().contains("overlaybd_bytes_total{operation=\"read\"} 4096\n"));
        assertFalse(page().contains("device=\"a\""));
    }

    @Test
    void devicesOfOneNameHaveDifferentLabels() {
        enter("a");
        assertEquals("a@uio0", enter("a").label());
        assertEquals("other@uio0", enter("other").label());
    }

    @Test
    void deviceIsFoundByAnyOfItsNames() {
        DeviceEntry entry = devices.enter(new DeviceInfo("a", "uio7", "/c.json", "id"));
        for (String name : new String[] {"a", "uio7", "/c.json", "id"}) {
            assertEquals(entry, devices.find(name).orElseThrow());
        }
        assertTrue(devices.find("").isEmpty());
    }
}
