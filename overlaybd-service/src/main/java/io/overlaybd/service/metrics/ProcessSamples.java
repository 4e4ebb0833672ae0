package io.overlaybd.service.metrics;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Metrics of the process and of the Java it runs in, under the names that are usual for them. Thread-safe. */
final class ProcessSamples implements MetricsSource {

    private static final Path SELF = Path.of("/proc/self");
    private static final long KIB = 1024;
    private static final double MILLIS = 1000;

    @Override
    public void write(TextPage page) {
        writeProcess(page);
        writeMemory(page);
        page.counter("jvm_gc_collections_total", "Garbage collections.");
        collectors().forEach(gc -> page.sample(Math.max(0, gc.getCollectionCount()), "gc", gc.getName()));
        page.counter("jvm_gc_seconds_total", "Time that garbage collections took.");
        collectors().forEach(gc -> page.sample(Math.max(0, gc.getCollectionTime()) / MILLIS, "gc", gc.getName()));
        page.gauge("jvm_threads", "Threads of Java.")
                .sample(ManagementFactory.getThreadMXBean().getThreadCount());
        String version = ProcessSamples.class.getPackage().getImplementationVersion();
        page.gauge("overlaybd_build_info", "1: which build this is, and on which Java.")
                .sample(
                        1,
                        "version",
                        version == null ? "unpackaged" : version,
                        "java",
                        Labels.clean(System.getProperty("java.version")));
    }

    private static List<GarbageCollectorMXBean> collectors() {
        return ManagementFactory.getGarbageCollectorMXBeans();
    }

    private static void writeProcess(TextPage page) {
        page.gauge("process_start_time_seconds", "When the process began, in seconds since 1970.")
                .sample(ManagementFactory.getRuntimeMXBean().getStartTime() / MILLIS);
        page.counter("process_cpu_seconds_total", "Processor time that the process took.")
                .sample(ProcessHandle.current()
                        .info()
                        .totalCpuDuration()
                        .map(time -> time.toMillis() / MILLIS)
                        .orElse(0.0));
        page.gauge("process_resident_memory_bytes", "Memory of the process that is in RAM.")
                .sample(status("VmRSS") * KIB);
        page.gauge("process_open_fds", "File descriptors that are open.").sample(descriptors());
        page.gauge("process_threads", "Threads of the kernel.").sample(status("Threads"));
    }

    private static void writeMemory(TextPage page) {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        MemoryUsage other = ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage();
        page.gauge("jvm_memory_used_bytes", "Memory that Java uses.")
                .sample(heap.getUsed(), "area", "heap")
                .sample(other.getUsed(), "area", "nonheap");
        page.gauge("jvm_memory_max_bytes", "Memory that Java may use; -1 if that has no bound.")
                .sample(heap.getMax(), "area", "heap")
                .sample(other.getMax(), "area", "nonheap");
        page.gauge("jvm_buffer_pool_used_bytes", "Memory of buffers outside the heap.");
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)
                .forEach(pool -> page.sample(pool.getMemoryUsed(), "pool", pool.getName()));
    }

    private static long descriptors() {
        try (Stream<Path> open = Files.list(SELF.resolve("fd"))) {
            return open.count();
        } catch (IOException e) {
            return 0;
        }
    }

    /** A number of {@code /proc/self/status}, 0 if there is none. */
    private static long status(String key) {
        try (Stream<String> lines = Files.lines(SELF.resolve("status"))) {
            return lines.filter(line -> line.startsWith(key + ":"))
                    .map(line -> line.replaceAll("[^0-9]", ""))
                    .mapToLong(Long::parseLong)
                    .findFirst()
                    .orElse(0);
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }
}
