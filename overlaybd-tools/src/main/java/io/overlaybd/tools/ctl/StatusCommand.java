package io.overlaybd.tools.ctl;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.overlaybd.tools.Subcommand;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How the daemon and its disks are. */
@Command(
        name = "status",
        versionProvider = Subcommand.BuiltVersion.class,
        description = {"Show whether overlaybd-tcmu runs, and how its disks are.", "Exits with 1 if it does not run."},
        footer = {"", "Example:", "  overlaybd-ctl status --json | jq .disks"})
final class StatusCommand extends AdminCommand {

    private static final long SECTOR_BYTES = 512;

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    @Override
    protected void work() throws IOException {
        Daemon daemon = new Daemon(kernel());
        String state = daemon.state();
        List<Disk> disks = new Disks(kernel()).all();
        JsonNode known = known();
        output().print(json ? json(state, disks, known) : text(state, disks, known));
        output().flush();
        if (state.equals("not running") || state.equals("module not loaded")) {
            throw new IOException("overlaybd-tcmu: " + state);
        }
    }

    private String text(String state, List<Disk> disks, JsonNode known) throws IOException {
        StringBuilder text = new StringBuilder("daemon: " + state + "\n");
        for (Disk disk : disks) {
            text.append(disk.name()).append(": ");
            if (disk.disk().isPresent()) {
                String name = disk.disk().get();
                text.append("/dev/" + name + ", " + sizeBytes(name) + " bytes, ")
                        .append(isReadOnly(name) ? "read-only, " : "writable, ")
                        .append(state(name));
            } else {
                text.append(disk.enabled() ? "no disk" : "not enabled");
            }
            text.append(", ").append(disk.config()).append("\n").append(DeviceText.of(find(known, disk)));
        }
        return text.toString();
    }

    private String json(String state, List<Disk> disks, JsonNode known) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonMapper().createGenerator(text)) {
            out.writeStartObject();
            out.writeStringField("daemon", state);
            out.writeArrayFieldStart("disks");
            for (Disk disk : disks) {
                write(out, disk, find(known, disk));
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        return text + "\n";
    }

    /** What the daemon itself knows of its devices, if it can be asked. */
    private JsonNode known() {
        try {
            return daemon().exists() ? daemon().ask("GET", "/v1/devices").path("devices") : MissingNode.getInstance();
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    private static JsonNode find(JsonNode known, Disk disk) {
        for (JsonNode device : known) {
            if (device.path("name").asText().equals(disk.name())) {
                return device;
            }
        }
        return MissingNode.getInstance();
    }

    private void write(JsonGenerator out, Disk disk, JsonNode known) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", disk.name());
        out.writeStringField("config", disk.path());
        if (!disk.id().isEmpty()) {
            out.writeStringField("devId", disk.id());
        }
        out.writeBooleanField("enabled", disk.enabled());
        if (disk.disk().isPresent()) {
            String name = disk.disk().get();
            out.writeStringField("device", "/dev/" + name);
            out.writeNumberField("sizeBytes", sizeBytes(name));
            out.writeBooleanField("readOnly", isReadOnly(name));
            out.writeStringField("state", state(name));
        }
        if (!known.isMissingNode()) {
            out.writeObjectField("daemon", known);
        }
        out.writeEndObject();
    }

    private long sizeBytes(String disk) throws IOException {
        return Long.parseLong(
                        kernel().read(kernel().block(disk).resolve("size")).orElse("0"))
                * SECTOR_BYTES;
    }

    private boolean isReadOnly(String disk) throws IOException {
        return kernel().read(kernel().block(disk).resolve("ro"))
                .filter("1"::equals)
                .isPresent();
    }

    /** What the disk driver thinks of it, such as {@code running} or {@code offline}. */
    private String state(String disk) throws IOException {
        return kernel().read(kernel().block(disk).resolve("device/state")).orElse("gone");
    }
}
