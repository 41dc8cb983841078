// What customers will see of a product, before it is in the shop.
import { Dialog, Facts, openDialog } from '../ui';
import { money, t } from '../words';
import type { Product } from './product';

export const preview = (product: Product) => openDialog<void>((done) => {
	const [first, ...others] = product.images.filter((one) => one.sizes.length > 0);
	const largest = first?.sizes[first.sizes.length - 1];
	return (
		<Dialog wide title={t('product.preview')} close={done}>
			<article class="preview">
				{largest ? <img src={largest.url} alt={first!.alt ?? ''} /> : <span class="no-picture" />}
				<div>
					<p class="hint">{product.category.name}{product.brand && ` · ${product.brand.name}`} · {product.merchant.shop_name}</p>
					<h3>{product.name}</h3>
					<p class="large">{money(product.price_min, product.currency)}{product.price_max !== null && ` – ${money(product.price_max, product.currency)}`} {product.compare_at_price && <s>{money(product.compare_at_price, product.currency)}</s>}</p>
					{product.options.length > 0 && <Facts of={product.options.map((one) => [one.name, one.values.join(', ')])} />}
					<p class="as-written">{product.description}</p>
					{Object.keys(product.specs).length > 0 && <Facts of={Object.entries(product.specs)} />}
				</div>
				{others.length > 0 && <p class="preview-others">{others.map((one) => <img key={one.id} src={one.sizes[0]!.url} alt={one.alt ?? ''} />)}</p>}
			</article>
		</Dialog>
	);
});
