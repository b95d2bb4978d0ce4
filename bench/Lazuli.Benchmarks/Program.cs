using Lazuli.Benchmarks;

string name = args.Length > 0 ? args[0] : string.Empty;
string[] rest = args.Length > 1 ? args[1..] : [];
switch (name)
{
    case "gemm":
        GemmBenchmark.Run(rest);
        return 0;
    case "attention":
        AttentionBenchmark.Run(rest);
        return 0;
    case "elementwise":
        ElementwiseBenchmark.Run(rest);
        return 0;
    case "tokenizer":
        TokenizerBenchmark.Run(rest);
        return 0;
    case "quantized":
        QuantizedLinearBenchmark.Run(rest);
        return 0;
    case "grammar":
        GrammarBenchmark.Run(rest);
        return 0;
    default:
        Console.Error.WriteLine("usage: Lazuli.Benchmarks gemm [--threads N] [--filter TEXT] [--repeats N] [--head] [--ladder]");
        Console.Error.WriteLine("       Lazuli.Benchmarks attention|elementwise [--threads N] [--repeats N] [--naive] [--processor-time]");
        Console.Error.WriteLine("       Lazuli.Benchmarks tokenizer [--no-peer] [--processor-time]");
        Console.Error.WriteLine("       Lazuli.Benchmarks quantized [--threads N] [--repeats N] [--filter FORMAT] [--rows N]");
        Console.Error.WriteLine("       Lazuli.Benchmarks grammar [--repeats N] [--processor-time]");
        return 2;
}
