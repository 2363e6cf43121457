;; C += A · B for float32 matrices in one memory; C and B are row by row, A is read through two steps and may so be a transposed matrix.
;; A tile of 4 rows and 8 columns of C stays in registers while A and B go by; a tile that hangs over the edge is made in `scratch`.
;; Pointers and steps are in bytes. Up to 28 bytes behind B are read, and nothing is made of them.
(module
 (import "engine" "memory" (memory 1))
 (global $scratch i32 (i32.const 0)) ;; 4 rows of 8 numbers; the arena keeps them free

 ;; The tile at $c (its rows $cb apart) += k columns of A, from the four pointers on, times k rows of B, $nb apart.
 (func $tile (param $a0 i32) (param $a1 i32) (param $a2 i32) (param $a3 i32) (param $step i32)
  (param $b i32) (param $nb i32) (param $k i32) (param $c i32) (param $cb i32)
  (local $c1 i32) (local $c2 i32) (local $c3 i32) (local $b0 v128) (local $b1 v128) (local $x v128)
  (local $s00 v128) (local $s01 v128) (local $s10 v128) (local $s11 v128)
  (local $s20 v128) (local $s21 v128) (local $s30 v128) (local $s31 v128)
  (local.set $c1 (i32.add (local.get $c) (local.get $cb)))
  (local.set $c2 (i32.add (local.get $c1) (local.get $cb)))
  (local.set $c3 (i32.add (local.get $c2) (local.get $cb)))
  (local.set $s00 (v128.load (local.get $c))) (local.set $s01 (v128.load offset=16 (local.get $c)))
  (local.set $s10 (v128.load (local.get $c1))) (local.set $s11 (v128.load offset=16 (local.get $c1)))
  (local.set $s20 (v128.load (local.get $c2))) (local.set $s21 (v128.load offset=16 (local.get $c2)))
  (local.set $s30 (v128.load (local.get $c3))) (local.set $s31 (v128.load offset=16 (local.get $c3)))
  (loop $inner
   (local.set $b0 (v128.load (local.get $b)))
   (local.set $b1 (v128.load offset=16 (local.get $b)))
   (local.set $x (v128.load32_splat (local.get $a0)))
   (local.set $s00 (f32x4.add (local.get $s00) (f32x4.mul (local.get $x) (local.get $b0))))
   (local.set $s01 (f32x4.add (local.get $s01) (f32x4.mul (local.get $x) (local.get $b1))))
   (local.set $x (v128.load32_splat (local.get $a1)))
   (local.set $s10 (f32x4.add (local.get $s10) (f32x4.mul (local.get $x) (local.get $b0))))
   (local.set $s11 (f32x4.add (local.get $s11) (f32x4.mul (local.get $x) (local.get $b1))))
   (local.set $x (v128.load32_splat (local.get $a2)))
   (local.set $s20 (f32x4.add (local.get $s20) (f32x4.mul (local.get $x) (local.get $b0))))
   (local.set $s21 (f32x4.add (local.get $s21) (f32x4.mul (local.get $x) (local.get $b1))))
   (local.set $x (v128.load32_splat (local.get $a3)))
   (local.set $s30 (f32x4.add (local.get $s30) (f32x4.mul (local.get $x) (local.get $b0))))
   (local.set $s31 (f32x4.add (local.get $s31) (f32x4.mul (local.get $x) (local.get $b1))))
   (local.set $a0 (i32.add (local.get $a0) (local.get $step)))
   (local.set $a1 (i32.add (local.get $a1) (local.get $step)))
   (local.set $a2 (i32.add (local.get $a2) (local.get $step)))
   (local.set $a3 (i32.add (local.get $a3) (local.get $step)))
   (local.set $b (i32.add (local.get $b) (local.get $nb)))
   (br_if $inner (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))
  (v128.store (local.get $c) (local.get $s00)) (v128.store offset=16 (local.get $c) (local.get $s01))
  (v128.store (local.get $c1) (local.get $s10)) (v128.store offset=16 (local.get $c1) (local.get $s11))
  (v128.store (local.get $c2) (local.get $s20)) (v128.store offset=16 (local.get $c2) (local.get $s21))
  (v128.store (local.get $c3) (local.get $s30)) (v128.store offset=16 (local.get $c3) (local.get $s31)))

 ;; Copy $rows rows of $width bytes; rows are $fb and $tb apart.
 (func $copy (param $from i32) (param $fb i32) (param $to i32) (param $tb i32) (param $rows i32) (param $width i32) (local $j i32)
  (loop $down
   (local.set $j (i32.const 0))
   (loop $across
    (f32.store (i32.add (local.get $to) (local.get $j)) (f32.load (i32.add (local.get $from) (local.get $j))))
    (br_if $across (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 4))) (local.get $width))))
   (local.set $from (i32.add (local.get $from) (local.get $fb)))
   (local.set $to (i32.add (local.get $to) (local.get $tb)))
   (br_if $down (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

 ;; The smaller of two whole numbers.
 (func $least (param $x i32) (param $y i32) (result i32)
  (select (local.get $x) (local.get $y) (i32.lt_u (local.get $x) (local.get $y))))

 ;; C[rows × n] += A[rows × k] · B[k × n]; the rows of A are $arow apart, its columns $step. All three sizes are at least 1.
 (func (export "product") (param $a i32) (param $arow i32) (param $step i32) (param $b i32) (param $c i32)
  (param $rows i32) (param $k i32) (param $n i32)
  (local $m i32) (local $j i32) (local $nb i32) (local $high i32) (local $wide i32) (local $cell i32)
  (local $a0 i32) (local $a1 i32) (local $a2 i32) (local $a3 i32)
  (local.set $nb (i32.shl (local.get $n) (i32.const 2)))
  (loop $down
   (local.set $high (call $least (i32.const 4) (i32.sub (local.get $rows) (local.get $m))))
   ;; Rows that are missing in the last tile read its last row again.
   (local.set $a0 (i32.add (local.get $a) (i32.mul (local.get $m) (local.get $arow))))
   (local.set $a1 (select (i32.add (local.get $a0) (local.get $arow)) (local.get $a0) (i32.gt_u (local.get $high) (i32.const 1))))
   (local.set $a2 (select (i32.add (local.get $a1) (local.get $arow)) (local.get $a1) (i32.gt_u (local.get $high) (i32.const 2))))
   (local.set $a3 (select (i32.add (local.get $a2) (local.get $arow)) (local.get $a2) (i32.gt_u (local.get $high) (i32.const 3))))
   (local.set $j (i32.const 0))
   (loop $across
    (local.set $wide (call $least (i32.const 32) (i32.sub (local.get $nb) (local.get $j))))
    (local.set $cell (i32.add (i32.add (local.get $c) (i32.mul (local.get $m) (local.get $nb))) (local.get $j)))
    (if (i32.and (i32.eq (local.get $high) (i32.const 4)) (i32.eq (local.get $wide) (i32.const 32)))
     (then (call $tile (local.get $a0) (local.get $a1) (local.get $a2) (local.get $a3) (local.get $step)
       (i32.add (local.get $b) (local.get $j)) (local.get $nb) (local.get $k) (local.get $cell) (local.get $nb)))
     (else
      (call $copy (local.get $cell) (local.get $nb) (global.get $scratch) (i32.const 32) (local.get $high) (local.get $wide))
      (call $tile (local.get $a0) (local.get $a1) (local.get $a2) (local.get $a3) (local.get $step)
       (i32.add (local.get $b) (local.get $j)) (local.get $nb) (local.get $k) (global.get $scratch) (i32.const 32))
      (call $copy (global.get $scratch) (i32.const 32) (local.get $cell) (local.get $nb) (local.get $high) (local.get $wide))))
    (br_if $across (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 32))) (local.get $nb))))
   (br_if $down (i32.lt_u (local.tee $m (i32.add (local.get $m) (i32.const 4))) (local.get $rows))))))
