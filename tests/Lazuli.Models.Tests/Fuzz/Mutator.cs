using System.Globalization;
using System.Text;

namespace Lazuli.Models.Tests;

/// <summary>Changes sound inputs into unsound ones: a few edits each, of kinds that parsers trip over. Equal seeds give equal inputs.</summary>
internal sealed class Mutator(int seed)
{
    private static readonly ulong[] s_numbers = [0, 1, 7, 127, 128, 255, 256, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, ulong.MaxValue];

    private readonly Random _random = new(seed);

    /// <summary>One of the inputs, changed.</summary>
    public byte[] Next(IReadOnlyList<byte[]> inputs, string[] words)
    {
        var bytes = new List<byte>(inputs[_random.Next(inputs.Count)]);
        for (int edits = 1 + _random.Next(6); edits > 0; edits--)
        {
            Edit(bytes, inputs, words);
        }

        return [.. bytes];
    }

    private void Edit(List<byte> bytes, IReadOnlyList<byte[]> inputs, string[] words)
    {
        int at = _random.Next(bytes.Count + 1), length = Math.Min(bytes.Count - at, 1 + _random.Next(_random.Next(4) == 0 ? 400 : 12));
        switch (_random.Next(9))
        {
            case 0 when length > 0:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1:
                bytes.RemoveRange(at, length);
                break;
            case 2:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 3:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 4:
                Overwrite(bytes, at, BitConverter.GetBytes(s_numbers[_random.Next(s_numbers.Length)])[..(1 << _random.Next(4))]);
                break;
            case 5:
                bytes.InsertRange(at, Encoding.UTF8.GetBytes(s_numbers[_random.Next(s_numbers.Length)].ToString(CultureInfo.InvariantCulture)));
                break;
            case 6:
                byte[] other = inputs[_random.Next(inputs.Count)];
                int from = _random.Next(other.Length + 1);
                bytes.InsertRange(at, other[from..Math.Min(other.Length, from + _random.Next(200))]);
                break;
            case 7:
                byte[] word = Encoding.UTF8.GetBytes(words[_random.Next(words.Length)]);
                for (int times = _random.Next(20) == 0 ? 500 : 1; times > 0; times--)
                {
                    bytes.InsertRange(at, word);
                }

                break;
            default:
                bytes.Insert(at, (byte)_random.Next(256));
                break;
        }
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] with)
    {
        for (int i = 0; i < with.Length && at + i < bytes.Count; i++)
        {
            bytes[at + i] = with[i];
        }
    }
}
