using System.Buffers;
using System.Text.Json;

namespace Lazuli.Training;

/// <summary>Appends to <c>metrics.jsonl</c>: one JSON object a line, a line a step (step 0 for an evaluation before the first).</summary>
internal sealed class MetricsFile : IDisposable
{
    private readonly FileStream _file;
    private readonly ArrayBufferWriter<byte> _line = new(512);
    private readonly Utf8JsonWriter _json;

    /// <summary>Opens the file and cuts off what lies beyond <paramref name="keepBytes"/>: lines of steps that a killed run did after its last checkpoint.</summary>
    public MetricsFile(string path, long keepBytes)
    {
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        if (_file.Length > keepBytes)
        {
            _file.SetLength(keepBytes);
        }

        _file.Seek(0, SeekOrigin.End);
        _json = new Utf8JsonWriter(_line);
    }

    /// <summary>Bytes written so far, all of them handed to the operating system.</summary>
    public long Length
    {
        get
        {
            _file.Flush();
            return _file.Length;
        }
    }

    /// <summary>Writes one line. Either part may be missing.</summary>
    public void Append(in StepMetrics? step, in EvaluationMetrics? evaluation)
    {
        _line.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteNumber("step"u8, step?.Step ?? evaluation?.Step ?? 0);
        if (step is StepMetrics s)
        {
            WriteStep(s);
        }

        if (evaluation is EvaluationMetrics e)
        {
            _json.WriteNumber("heldOutLoss"u8, e.Loss);
            WriteOptional("bitsPerByte"u8, e.BitsPerByte);
            _json.WriteNumber("heldOutTargets"u8, e.Targets);
        }

        _json.WriteEndObject();
        _json.Flush();
        _line.Write("\n"u8);
        _file.Write(_line.WrittenSpan);
        _file.Flush();
    }

    public void Dispose()
    {
        _json.Dispose();
        _file.Dispose();
    }

    private void WriteStep(in StepMetrics s)
    {
        _json.WriteString("at"u8, s.At.UtcDateTime);
        _json.WriteNumber("tokens"u8, s.Tokens);
        WriteFinite("loss"u8, s.Loss);
        _json.WriteNumber("learningRate"u8, s.LearningRate);
        WriteFinite("gradientNorm"u8, s.GradientNorm);
        if (s.Skipped)
        {
            _json.WriteBoolean("skipped"u8, true);
        }

        _json.WriteNumber("tokensPerSecond"u8, Math.Round(s.TokensPerSecond, 1));
        _json.WriteNumber("flop"u8, s.Flop);
        WriteOptional("mfu"u8, s.PeakShare);
        _json.WriteString("flopConvention"u8, TrainingFlop.Convention);
        _json.WriteNumber("elapsedSeconds"u8, Math.Round(s.ElapsedSeconds, 3));
        WriteOptional("deviceSeconds"u8, s.DeviceSeconds is { } held ? Math.Round(held, 3) : null);
        WriteOptional("peakFlop"u8, s.PeakFlop);
        _json.WriteNumber("energyJoules"u8, Math.Round(s.EnergyJoules, 1));
    }

    /// <summary>JSON has no NaN: such a value becomes null.</summary>
    private void WriteFinite(ReadOnlySpan<byte> name, double value)
    {
        if (double.IsFinite(value))
        {
            _json.WriteNumber(name, value);
        }
        else
        {
            _json.WriteNull(name);
        }
    }

    private void WriteOptional(ReadOnlySpan<byte> name, double? value)
    {
        if (value is double number)
        {
            WriteFinite(name, number);
        }
    }
}
