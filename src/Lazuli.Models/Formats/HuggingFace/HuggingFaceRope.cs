using System.Text.Json;

namespace Lazuli.Models;

/// <summary>Rotary positions in <c>config.json</c>: base and scaling, at the top and in <c>rope_scaling</c> in older files, inside <c>rope_parameters</c> in newer ones.</summary>
internal static class HuggingFaceRope
{
    private static readonly string[] s_objects = ["rope_scaling", "rope_parameters"];

    /// <summary>The base; it may stand at the top and inside if both agree.</summary>
    public static double ReadBase(JsonFields fields)
    {
        double top = fields.Positive("rope_theta", 10_000);
        foreach (string name in s_objects)
        {
            if (fields.Child(name) is not JsonFields rope)
            {
                continue;
            }

            double inner = rope.Positive("rope_theta", top);
            if (fields.Has("rope_theta") && inner != top)
            {
                throw rope.Bad("rope_theta", $"the same as rope_theta at the top ({top})", $"{inner}");
            }

            top = inner;
        }

        return top;
    }

    /// <summary>The scaling: none, linear or Llama 3's.</summary>
    public static RopeScaling? ReadScaling(JsonFields fields, int context)
    {
        RopeScaling? scaling = null;
        foreach (string name in s_objects)
        {
            if (fields.Child(name) is JsonFields rope)
            {
                scaling = Read(rope, context) ?? scaling;
            }
        }

        return scaling;
    }

    /// <summary>Writes <c>rope_scaling</c>.</summary>
    /// <exception cref="ArgumentException">The form has no words for it.</exception>
    public static void Write(Utf8JsonWriter json, RopeScaling? scaling)
    {
        switch (scaling)
        {
            case null:
                json.WriteNull("rope_scaling");
                break;
            case LinearRopeScaling linear:
                json.WriteStartObject("rope_scaling");
                json.WriteNumber("factor", linear.Factor);
                json.WriteString("rope_type", "linear");
                json.WriteEndObject();
                break;
            case Llama3RopeScaling llama3:
                json.WriteStartObject("rope_scaling");
                json.WriteNumber("factor", llama3.Factor);
                json.WriteNumber("high_freq_factor", llama3.HighFrequencyFactor);
                json.WriteNumber("low_freq_factor", llama3.LowFrequencyFactor);
                json.WriteNumber("original_max_position_embeddings", llama3.OriginalContext);
                json.WriteString("rope_type", "llama3");
                json.WriteEndObject();
                break;
            default:
                throw new ArgumentException("A Hugging Face config has no words for rotary divisors that are not linear or Llama 3's; write GGUF.", nameof(scaling));
        }
    }

    private static RopeScaling? Read(JsonFields rope, int context)
    {
        string key = rope.Has("rope_type") ? "rope_type" : "type";
        string type = rope.Text(key) ?? "default";
        string[] known = type switch
        {
            "default" => [],
            "linear" => ["factor"],
            "llama3" => ["factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings"],
            _ => throw rope.Unsupported(key, "\"default\", \"linear\" or \"llama3\""),
        };
        foreach ((string name, _) in rope.All)
        {
            if (name is not ("rope_type" or "type" or "rope_theta") && !known.Contains(name, StringComparer.Ordinal) && rope.Has(name))
            {
                throw rope.Unsupported(name, $"only the fields of {type} scaling");
            }
        }

        return type switch
        {
            "linear" => new LinearRopeScaling(Required("factor")),
            "llama3" => new Llama3RopeScaling(Required("factor"), Required("low_freq_factor"), Required("high_freq_factor"), rope.Count("original_max_position_embeddings", int.MaxValue, context)),
            _ => null,
        };

        double Required(string name) => rope.Has(name) ? rope.Positive(name, 1) : throw rope.Bad(name, "a number above 0", "nothing");
    }
}
