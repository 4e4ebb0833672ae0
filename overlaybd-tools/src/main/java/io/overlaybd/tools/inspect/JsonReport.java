package io.overlaybd.tools.inspect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.format.LayerUuid;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;

/**
 * Writes inspections for programs: an object for one file, an array for several. What a file does not have is absent.
 *
 * <pre>
 *  { "file": path, "fileBytes": n, "kind": "empty|raw|committed|sealed|log|hybrid|sparse|index|unknown",
 *    "healthy": bool, "deep": bool, "problems": [text], "notes": [text],
 *    "tar":   { "payloadOffsetBytes": n, "payloadBytes": n },
 *    "zfile": { "codec": "lz4|zstd", "blockBytes": n, "checksums": bool, "needsTrailer": bool, "blocks": n,
 *               "plainBytes": n, "storedBytes": n, "ratio": x },
 *    "layer": { "virtualSizeBytes": n, "uuid": text|null, "parentUuid": text|null, "userTag": text, "flags": n },
 *    "segments": { "entries": n, "count": n, "dataBytes": n, "zeroedBytes": n, "unreferencedBytes": n } }
 * </pre>
 */
public final class JsonReport {

    private JsonReport() {}

    /** The text, with a newline at its end. */
    public static String of(List<Inspection> found) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
            if (found.size() == 1) {
                write(json, found.get(0));
            } else {
                json.writeStartArray();
                for (Inspection one : found) {
                    write(json, one);
                }
                json.writeEndArray();
            }
        }
        return text.append('\n').toString();
    }

    private static void write(JsonGenerator json, Inspection found) throws IOException {
        json.writeStartObject();
        json.writeStringField("file", found.name());
        json.writeNumberField("fileBytes", found.sizeBytes());
        json.writeStringField("kind", found.kind().name().toLowerCase(Locale.ROOT));
        json.writeBooleanField("healthy", found.isHealthy());
        json.writeBooleanField("deep", found.deep());
        writeTexts(json, "problems", found.problems());
        writeTexts(json, "notes", found.notes());
        if (found.tar().isPresent()) {
            json.writeObjectFieldStart("tar");
            json.writeNumberField("payloadOffsetBytes", found.tar().get().payloadOffsetBytes());
            json.writeNumberField("payloadBytes", found.tar().get().payloadBytes());
            json.writeEndObject();
        }
        if (found.zfile().isPresent()) {
            write(json, found.zfile().get());
        }
        if (found.header().isPresent()) {
            write(json, found.header().get());
        }
        if (found.segments().isPresent()) {
            write(json, found.segments().get());
        }
        json.writeEndObject();
    }

    private static void writeTexts(JsonGenerator json, String name, List<String> texts) throws IOException {
        json.writeArrayFieldStart(name);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, Inspection.Compressed zfile) throws IOException {
        json.writeObjectFieldStart("zfile");
        json.writeStringField("codec", zfile.codec());
        json.writeNumberField("blockBytes", zfile.blockSizeBytes());
        json.writeBooleanField("checksums", zfile.checksums());
        json.writeBooleanField("needsTrailer", zfile.needsTrailer());
        json.writeNumberField("blocks", zfile.blocks());
        json.writeNumberField("plainBytes", zfile.plainBytes());
        json.writeNumberField("storedBytes", zfile.storedBytes());
        json.writeNumberField("ratio", Math.round(zfile.ratio() * 10_000) / 10_000.0);
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, LayerHeader header) throws IOException {
        json.writeObjectFieldStart("layer");
        json.writeNumberField("virtualSizeBytes", header.virtualSizeBytes());
        writeUuid(json, "uuid", header.uuid());
        writeUuid(json, "parentUuid", header.parentUuid());
        json.writeStringField("userTag", header.userTag().toString());
        json.writeNumberField("flags", header.flags());
        json.writeEndObject();
    }

    private static void writeUuid(JsonGenerator json, String name, LayerUuid uuid) throws IOException {
        if (uuid.isNull()) {
            json.writeNullField(name);
        } else {
            json.writeStringField(name, uuid.toString());
        }
    }

    private static void write(JsonGenerator json, Inspection.Segments segments) throws IOException {
        json.writeObjectFieldStart("segments");
        json.writeNumberField("entries", segments.entries());
        json.writeNumberField("count", segments.count());
        json.writeNumberField("dataBytes", segments.dataBytes());
        json.writeNumberField("zeroedBytes", segments.zeroedBytes());
        json.writeNumberField("unreferencedBytes", segments.unreferencedBytes());
        json.writeEndObject();
    }
}
