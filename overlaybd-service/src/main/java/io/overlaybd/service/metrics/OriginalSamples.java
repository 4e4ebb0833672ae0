package io.overlaybd.service.metrics;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.function.ToDoubleFunction;

/**
 * The metrics of the original under its names. It puts what was measured into the label {@code node} and leaves {@code type}
 * empty, where its description has it the other way round: dashboards may look for either, so both are here. Its time stamps, which
 * Prometheus refuses, are not. Thread-safe.
 */
public final class OriginalSamples implements MetricsSource {

    private static final double MICRO_NANOS = 1000;

    private final String node;
    private final RemoteFlows flows;

    /** Metrics of what is read of remote layers, on this host. */
    public OriginalSamples(RemoteFlows flows) {
        this.node = Labels.clean(hostName());
        this.flows = flows;
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    @Override
    public void write(TextPage page) {
        page.gauge("OverlayBD_Alive", "1 while the daemon runs.").sample(1, "node", node);
        page.gauge("OverlayBD_Read_Throughtput", "Bytes / sec");
        both(page, true, flow -> flow.look().bytesPerSecond());
        page.gauge("OverlayBD_QPS", "Reads / sec");
        both(page, true, flow -> flow.look().readsPerSecond());
        page.gauge("OverlayBD_MaxLatency", "us");
        both(page, true, flow -> flow.longestNanos() / MICRO_NANOS);
        page.gauge("OverlayBD_Count", "Bytes");
        both(page, false, Flow::bytes);
    }

    private void both(TextPage page, boolean hasMode, ToDoubleFunction<Flow> value) {
        samples(page, hasMode, "pread", value.applyAsDouble(flows.reads()));
        samples(page, hasMode, "download", value.applyAsDouble(flows.downloads()));
    }

    private void samples(TextPage page, boolean hasMode, String what, double value) {
        if (hasMode) {
            page.sample(value, "node", what, "type", "", "mode", "");
            page.sample(value, "node", node, "type", what, "mode", "");
        } else {
            page.sample(value, "node", what, "type", "");
            page.sample(value, "node", node, "type", what);
        }
    }
}
