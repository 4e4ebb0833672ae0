package io.overlaybd.service.metrics;

import io.overlaybd.io.metrics.DeviceMeter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The devices that are served now, and what those did that are no more. Up to {@value #MAX_LABELS} devices have metrics of their own;
 * those that come when there are as many share the label {@value #OTHERS}, so that no number of devices makes a scrape long.
 * Thread-safe: guarded by the monitor.
 */
public final class DeviceMeters {

    /** Devices with a label of their own. */
    public static final int MAX_LABELS = 64;

    /** The label of all the others. */
    public static final String OTHERS = "other";

    private final List<DeviceEntry> entries = new ArrayList<>();
    private DeviceTotals gone = DeviceTotals.NONE;
    private DeviceTotals goneOthers = DeviceTotals.NONE;

    /** Enters a device; to be closed when it is no more. */
    public synchronized DeviceEntry enter(DeviceInfo info) {
        DeviceEntry entry = new DeviceEntry(this, info, label(info));
        entries.add(entry);
        return entry;
    }

    private String label(DeviceInfo info) {
        Set<String> taken = entries.stream().map(DeviceEntry::label).collect(Collectors.toSet());
        taken.remove(OTHERS);
        if (taken.size() >= MAX_LABELS) {
            return OTHERS;
        }
        String label = Labels.clean(info.name());
        boolean usable = !label.isEmpty() && !label.equals(OTHERS) && !taken.contains(label);
        return usable ? label : Labels.clean(info.name() + "@" + info.frontend());
    }

    synchronized void leave(DeviceEntry entry) {
        if (entries.remove(entry)) {
            DeviceTotals last = DeviceTotals.of(entry.meter());
            gone = gone.plus(last);
            goneOthers = entry.label().equals(OTHERS) ? goneOthers.plus(last) : goneOthers;
        }
    }

    /** Those that are served now, by name. */
    public synchronized List<DeviceEntry> all() {
        return entries.stream()
                .sorted(Comparator.comparing((DeviceEntry entry) -> entry.info().name()))
                .toList();
    }

    /** The device of a name, or of what the frontend calls it. */
    public Optional<DeviceEntry> find(String text) {
        return all().stream()
                .filter(entry -> entry.info().name().equals(text)
                        || entry.info().frontend().equals(text)
                        || entry.info().config().equals(text)
                        || !text.isEmpty() && entry.info().devId().equals(text))
                .findFirst();
    }

    /** What all devices did, those included that are no more. */
    synchronized DeviceTotals totals() {
        return entries.stream().map(DeviceEntry::meter).map(DeviceTotals::of).reduce(gone, DeviceTotals::plus);
    }

    /** What those did that have no label of their own; empty if there never was one. */
    synchronized Optional<DeviceTotals> others() {
        DeviceTotals others = entries.stream()
                .filter(entry -> entry.label().equals(OTHERS))
                .map(DeviceEntry::meter)
                .map(DeviceTotals::of)
                .reduce(goneOthers, DeviceTotals::plus);
        return others == DeviceTotals.NONE ? Optional.empty() : Optional.of(others);
    }

    /** Meters of the devices with the label {@link #OTHERS}, for what is true of a moment. */
    synchronized List<DeviceMeter> othersNow() {
        return entries.stream()
                .filter(entry -> entry.label().equals(OTHERS))
                .map(DeviceEntry::meter)
                .toList();
    }
}
