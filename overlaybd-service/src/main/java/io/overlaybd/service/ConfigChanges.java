package io.overlaybd.service;

import io.overlaybd.config.GlobalConfig;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What differs between two configurations, part by part. Stateless. */
final class ConfigChanges {

    private static final Set<String> AT_ONCE = Set.of("log", "auditFile", "credentials", "download");

    private ConfigChanges() {}

    /** A line for each part that differs, which says whether it counts at once. */
    static List<String> between(GlobalConfig before, GlobalConfig after) {
        List<String> lines = new ArrayList<>();
        for (RecordComponent part : GlobalConfig.class.getRecordComponents()) {
            Object old = value(part, before);
            Object now = value(part, after);
            if (!old.equals(now)) {
                String when = AT_ONCE.contains(part.getName()) || isCacheSize(part, before, after)
                        ? ""
                        : ", with the next start";
                lines.add(part.getName() + ": " + old + " becomes " + now + when);
            }
        }
        return lines;
    }

    /** Of the cache only the size can change while it is open. */
    private static boolean isCacheSize(RecordComponent part, GlobalConfig before, GlobalConfig after) {
        return part.getName().equals("cache")
                && before.cache().dir().equals(after.cache().dir())
                && before.cache().refillBytes() == after.cache().refillBytes();
    }

    private static Object value(RecordComponent part, GlobalConfig config) {
        try {
            return part.getAccessor().invoke(config);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a record's accessors can be called", e);
        }
    }
}
