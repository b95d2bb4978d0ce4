using Lazuli.Numerics;

namespace Lazuli.Models.Tests;

/// <summary>Models in several files, made from one whole file by cutting its list of tensors.</summary>
public sealed class GgufSplitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SampleModel _sample = new(SampleModel.Llama(), seed: 3, awkward: false);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Parts_join_to_the_model_that_was_cut()
    {
        string whole = Whole();
        string[] parts = Cut(whole, 3);
        Assert.Equal(parts, GgufSplit.PartsOf(parts[0]));
        string joined = _folder["joined.gguf"];
        GgufSplit.Join(parts, joined);
        using GgufModelFile expected = GgufModelFile.Open(whole);
        using GgufModelFile got = GgufModelFile.Open(joined);
        Assert.Equal(expected.Config, got.Config);
        Assert.Equal(expected.Metadata.Keys, got.Metadata.Keys);
        Assert.Equal(expected.Tokenizer.Digest, got.Tokenizer.Digest);
        Assert.Equal(expected.Tensors.Select(t => (t.Name, t.Format, t.Rows, t.Columns)), got.Tensors.Select(t => (t.Name, t.Format, t.Rows, t.Columns)));
        foreach (ParameterInfo parameter in _sample.Table.All)
        {
            float[] values = new float[parameter.Length];
            got.ReadParameter(parameter, values);
            Assert.Equal(_sample.Values(parameter).ToArray(), values);
        }
    }

    [Fact]
    public void A_file_with_another_name_is_its_own_only_part()
    {
        string whole = Whole();
        Assert.Equal([whole], GgufSplit.PartsOf(whole));
    }

    [Fact]
    public void A_part_alone_says_how_to_import_it()
    {
        string[] parts = Cut(Whole(), 2);
        GgufFormatException refused = Assert.Throws<GgufFormatException>(() => GgufModelFile.Open(parts[0]).Dispose());
        Assert.Contains("model import", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_and_wrongly_named_parts_are_refused()
    {
        string[] parts = Cut(Whole(), 3);
        Refuses(() => GgufSplit.PartsOf(parts[1]), "the first part of the model (m-00001-of-00003.gguf)");
        File.Move(parts[2], _folder["away"]);
        Refuses(() => GgufSplit.PartsOf(parts[0]), "no m-00003-of-00003.gguf");
        File.Copy(parts[1], parts[2]);
        Refuses(() => GgufSplit.Join(parts, _folder["x"]), "split.no");
        Refuses(() => GgufSplit.Join(parts[..2], _folder["x"]), "split.count");
        Refuses(() => GgufSplit.Join([Whole()], _folder["x"]), "split.count");
        Refuses(() => GgufSplit.PartsOf(_folder["m-00001-of-00000.gguf"]), "1 to 999 parts");
        Refuses(() => GgufSplit.PartsOf(_folder["m-00001-of-99999.gguf"]), "1 to 999 parts");
        Assert.False(File.Exists(_folder["x"]));
    }

    [Fact]
    public void Parts_that_hold_a_tensor_twice_or_fewer_than_they_say_are_refused()
    {
        string whole = Whole();
        string[] parts = Cut(whole, 2, repeat: true);
        Refuses(() => GgufSplit.Join(parts, _folder["x"]), "an earlier one");
        parts = Cut(whole, 2, said: 1_000);
        Refuses(() => GgufSplit.Join(parts, _folder["x"]), "split.tensors.count");
        parts = Cut(whole, 2, said: 2);
        Refuses(() => GgufSplit.Join(parts, _folder["x"]), "split.tensors.count");
    }

    [Fact]
    public void Damaged_parts_are_refused_by_the_formats_error_alone()
    {
        string[] parts = Cut(Whole(), 2);
        byte[] second = File.ReadAllBytes(parts[1]);
        var random = new Random(5);
        for (int length = 0; length < second.Length; length += length < 600 ? 1 : 997)
        {
            File.WriteAllBytes(parts[1], second[..length]);
            Assert.Throws<GgufFormatException>(() => GgufSplit.Join(parts, _folder["x"]));
        }

        for (int i = 0; i < 300; i++)
        {
            byte[] flipped = [.. second];
            flipped[random.Next(Math.Min(600, second.Length))] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(parts[1], flipped);
            if (Record.Exception(() => GgufSplit.Join(parts, _folder["x"])) is { } error)
            {
                Assert.IsType<GgufFormatException>(error);
            }
        }
    }

    private static void Refuses(Action action, string says) => Assert.Contains(says, Assert.Throws<GgufFormatException>(action).Message, StringComparison.Ordinal);

    private string Whole()
    {
        string path = _folder["whole.gguf"];
        GgufFile.Write(path, _sample.Package(), GgufEncoding.F32);
        return path;
    }

    private string[] Cut(string whole, int count, bool repeat = false, int? said = null)
    {
        using GgufModelFile file = GgufModelFile.Open(whole);
        string[] paths = [.. Enumerable.Range(1, count).Select(i => _folder[$"m-{i:D5}-of-{count:D5}.gguf"])];
        int each = (file.Tensors.Count + count - 1) / count;
        for (int i = 0; i < count; i++)
        {
            var header = new GgufHeader();
            foreach (string key in i == 0 ? file.Metadata.Keys : [])
            {
                (GgufValue value, ReadOnlyMemory<byte> bytes) = file.Metadata.Raw(key);
                header.Add(key, value, bytes.Span);
            }

            header.Add("split.no", (uint)i);
            header.Add("split.count", (uint)count);
            header.Add("split.tensors.count", (uint)(said ?? file.Tensors.Count));
            IEnumerable<MappedTensor> tensors = file.Tensors.Skip(repeat ? 0 : i * each).Take(each);
            GgufFile.Write(paths[i], header, [.. tensors.Select(t => new GgufOutput
            {
                Name = t.Name,
                Dimensions = t.Rows == 1 ? [t.Columns] : [t.Columns, t.Rows],
                Format = WeightFormat.F32,
                Rows = t.Rows,
                Columns = t.Columns,
                Write = (row, bytes) => file.Row(t, row).CopyTo(bytes),
            })]);
        }

        return paths;
    }
}
